"""What a report says of its own making: what was compared, and where the numbers come from."""

import json

from reports.answer import Answer
from reports.wording import count, listing

MEANS = (
    "Scores in the text and in the tiles are means that the models estimate; those in figures of scores are "
    "plain means over runs within a task, then over tasks. The two differ a little where tasks, intermediate "
    "tasks or runs are not crossed evenly."
)


def compared(answer: Answer) -> str:
    """What was compared with what, in a sentence; empty for an answer without a design."""
    design = answer.design
    if not design:
        return ""
    labels = answer.question.regimes
    runs = listing(
        [f"{count(n, 'run')} of {labels.get(regime, regime)}" for regime, n in design["runs"].items()]
    )
    after = f" after {listing(design['intermediates'])}" if design["intermediates"] else ""
    return (
        f"Compared: {runs}{after}, on {count(len(design['tasks']), 'task')} ({listing(design['tasks'])}), in "
        f"{count(len(design['languages']), 'language')} ({listing(design['languages'], limit=12)}), under "
        f"{count(len(design['perturbations']), 'perturbation')} ({listing(design['perturbations'])}) at "
        f"{count(len(design['severities']), 'severity', 'severities')}; {count(design['scores'], 'score')} "
        f"in all; {count(len(design['encoders']), 'encoder')} ({listing(design['encoders'])})."
    )


def facts(answer: Answer) -> list[dict[str, str]]:
    """Where the numbers come from: ``name`` and ``value`` of what is known."""
    made = answer.provenance
    shards = made.get("shards")
    facts = [
        (
            "Encoders",
            "; ".join(f"{name} ({str(mark)[:16]})" for name, mark in made.get("encoders", {}).items()),
        ),
        ("Benchmark data", ", ".join(made.get("data_sources", []))),
        ("xtb that trained", ", ".join(made.get("code_versions", []))),
        ("Devices", ", ".join(made.get("devices", []))),
        ("Training software", ", ".join(f"{k} {v}" for k, v in made.get("training_software", {}).items())),
        ("Report software", ", ".join(f"{k} {v}" for k, v in made.get("report_software", {}).items())),
        ("Newest run began", str(made.get("newest") or "")),
        ("Files taken in", f"{shards:,}" if shards else ""),
        ("sha256 over these files", str(made.get("shards_sha256") or "")),
    ]
    return [{"name": name, "value": value} for name, value in facts if value]


def configurations(answer: Answer) -> list[dict[str, str]]:
    """The distinct configurations of the runs: ``title`` and ``text`` (JSON)."""
    found = []
    for item in answer.provenance.get("configurations", []):
        after = f" after {item['intermediate']}" if item["intermediate"] != "none" else ""
        seeds = ", ".join(map(str, item["seeds"]))
        found.append(
            {
                "title": f"{item['regime']}{after}, target {item['target']}, seeds {seeds}",
                "text": json.dumps(item["stages"], indent=1, sort_keys=True, ensure_ascii=False),
            }
        )
    return found
