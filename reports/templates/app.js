"use strict";
(async () => {
  const payload = JSON.parse(document.getElementById("payload").textContent);

  // Data sets travel as columns and rows; every chart and table that uses one shares it.
  const rowsOf = (name) => {
    const { columns, rows } = payload.datasets[name];
    return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
  };

  const save = (text, type, file) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // A spreadsheet would run text that begins with one of these as a formula.
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    let text = String(value);
    if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
    return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  const csv = (name) => {
    const { columns, rows } = payload.datasets[name];
    return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  };

  // What the filters above the charts leave of a chart's rows. A data set with a mean over languages ("all")
  // has a menu of its own, which the filter turns instead.
  const chosen = {};
  const left = (rows) => {
    const pooled = rows.some((row) => row.language === "all");
    return rows.filter(
      (row) =>
        (!chosen.language || pooled || !("language" in row || "name" in row) ||
          row.language === chosen.language.value || row.name === chosen.language.label) &&
        (!chosen.perturbation || !("perturbation" in row) ||
          [chosen.perturbation.value, "clean"].includes(row.perturbation)) &&
        (!chosen.severity || !("severity" in row) || [Number(chosen.severity.value), 0].includes(row.severity)),
    );
  };

  // A title below an axis and a label beside one go on as many lines as they need; Vega would cut them.
  const broken = (title, room) => {
    const lines = [];
    for (const word of [title].flat().flatMap((line) => [null, ...line.split(" ")])) {
      const last = lines.at(-1);
      if (word === null) lines.push("");
      else if (last && last.length + word.length >= room) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines.length > 1 ? lines : lines[0];
  };
  const breakWords = (node, room, label) => {
    if (node === null || typeof node !== "object") return;
    if (node.x?.title) node.x.title = broken(node.x.title, room);
    if (node.y?.type === "nominal" && node.y.axis !== null) {
      // Two lines at most, the second cut: as much as the height of a row holds.
      const [long, at] = [`length(datum.label) > ${label}`, `lastindexof(slice(datum.label, 0, ${label + 1}), ' ')`];
      const lines = `[slice(datum.label, 0, ${at}), slice(datum.label, ${at} + 1)]`;
      node.y.axis = {
        ...node.y.axis,
        labelExpr: `${long} && ${at} > 0 ? ${lines} : datum.label`,
        labelBaseline: { condition: { test: `${long} && ${at} > 0`, value: "bottom" }, value: "middle" },
        labelLineHeight: 12,
      };
    }
    for (const [key, value] of Object.entries(node)) if (key !== "datasets") breakWords(value, room, label);
  };

  // Panels of a faceted chart: as many in a row as fit, each as wide as that leaves.
  const fitted = (spec, width) => {
    const copy = structuredClone(spec);
    const limit = width < 500 ? 130 : copy.config.axisY.labelLimit;
    copy.config.axisY.labelLimit = limit;
    const room = Math.min(copy.usermeta?.labels ?? 60, limit + 12);
    const panels = copy.usermeta?.panels;
    if (panels && copy.spec) {
      const least = copy.usermeta.least ?? 190;
      const columns = Math.max(1, Math.min(panels, Math.floor((width - room) / (least + 20))));
      copy.columns = columns;
      copy.spec.width = Math.max(120, Math.floor((width - room - 20 * (columns - 1)) / columns) - 4);
    }
    for (const panel of copy.vconcat ?? []) panel.width = Math.max(120, width - room - 16);
    breakWords(copy, Math.max(16, (copy.spec?.width ?? width - room) / 6.4), Math.floor(limit / 6.5));
    const names = new Set(JSON.stringify(copy).match(/data-[0-9a-f]{32}/g) ?? []);
    copy.datasets = Object.fromEntries([...names].map((name) => [name, left(rowsOf(name))]));
    const rows = copy.usermeta?.rows;
    if (rows) {
      const met = Object.values(copy.datasets).flat().map((row) => row[rows.field]);
      copy.height = rows.pixels * Math.max(1, new Set(met.filter((value) => value !== undefined)).size);
    }
    for (const param of copy.params ?? []) {
      const options = param.bind?.options ?? [];
      if (param.name === "language" && options.includes(chosen.language?.value)) param.value = chosen.language.value;
    }
    return copy;
  };

  const views = new Map();
  const draw = async (id, spec) => {
    const place = document.getElementById(id);
    const width = place.clientWidth;
    views.get(id)?.finalize();
    const shown = fitted(spec, width);
    if (Object.values(shown.datasets).every((rows) => rows.length === 0)) {
      views.delete(id);
      place.textContent = "Nothing here for this choice.";
      return;
    }
    const { view } = await vegaEmbed(place, shown, {
      ast: true,
      actions: false,
      renderer: "svg",
      defaultStyle: false,
      logLevel: 1, // errors only
      tooltip: { disableDefaultStyle: true },
    });
    views.set(id, view);
  };
  const drawAll = async () => {
    for (const [id, spec] of Object.entries(payload.charts)) await draw(id, spec);
  };

  // Exported pictures stand alone: colours that the page defines are written into them, as on paper.
  const light = payload.colours;
  const picture = async (id) => {
    const svg = await views.get(id).toSVG();
    return svg.replace(/var\((--[a-z0-9-]+)\)/g, (_, name) => light[name] ?? "#000000");
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.csv) save(csv(button.dataset.csv), "text/csv;charset=utf-8", button.dataset.file);
    if (button.dataset.svg && views.has(button.dataset.svg)) save(await picture(button.dataset.svg), "image/svg+xml", button.dataset.file);
    if (button.dataset.sort !== undefined) sort(button);
  });

  const sort = (button) => {
    const head = button.closest("th");
    const table = button.closest("table");
    const up = head.getAttribute("aria-sort") !== "ascending";
    const column = [...head.parentNode.children].indexOf(head);
    const key = (row) => {
      const data = row.children[column];
      const value = data.dataset.v ?? data.textContent;
      return value !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
    };
    const compare = (a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === "" || y === "") return (x === "") - (y === ""); // what is missing comes last, either way
      const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
      return up ? order : -order;
    };
    const body = table.tBodies[0];
    body.append(...[...body.rows].sort(compare));
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
  };

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset.rows !== undefined) {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const rows = [...field.closest(".sheet").querySelectorAll("tbody tr")];
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
      const count = rows.filter((row) => !row.hidden).length;
      field.closest(".sheet").querySelector("output").textContent = words.length ? `${count} of ${rows.length} rows` : "";
    }
    if (field.dataset.choose !== undefined) choose(field);
  });

  const choose = async (field) => {
    const option = field.selectedOptions[0];
    if (field.value) chosen[field.dataset.choose] = { value: field.value, label: option.textContent };
    else delete chosen[field.dataset.choose];
    await drawAll();
    const said = Object.values(chosen).map((one) => one.label).join(", ");
    document.getElementById("chosen").textContent = said ? `Charts of scores show ${said} only.` : "";
  };

  let timer;
  let width = document.documentElement.clientWidth;
  window.addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (document.documentElement.clientWidth === width) return;
      width = document.documentElement.clientWidth;
      drawAll();
    }, 200);
  });

  // A link to something folded opens it.
  const unfold = () => document.getElementById(location.hash.slice(1))?.closest("details")?.setAttribute("open", "");
  window.addEventListener("hashchange", unfold);
  unfold();

  await drawAll();
  document.documentElement.dataset.drawn = String(views.size);
})();
