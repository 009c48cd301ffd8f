# Profile intervals that R gives for carried data: Rscript make_profile.R, in this folder.
# lme4's profiler with a small step and tight convergence.
suppressPackageStartupMessages({library(lme4); library(jsonlite)})
read <- function(name) {
  known <- fromJSON(paste0(name, ".json"), simplifyVector = FALSE)
  data <- read.csv(gzfile(paste0(name, ".csv.gz")), stringsAsFactors = FALSE)
  for (f in names(known$factors)) data[[f]] <- factor(data[[f]], levels = unlist(known$factors[[f]]))
  data
}
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE)
profiled <- function(name, formula, weights = NULL) {
  data <- read(name)
  data$w_ <- if (is.null(weights)) 1 else data[[weights]]
  fit <- lmer(as.formula(formula), data, weights = w_, REML = FALSE, control = control)
  ci <- confint(profile(fit, delta = 0.25, signames = FALSE), level = 0.95)
  list(data = name, formula = formula, weights = weights,
       intervals = data.frame(term = rownames(ci), lower = ci[, 1], upper = ci[, 2], row.names = NULL))
}
out <- list(
  software = R.version.string, lme4 = as.character(packageVersion("lme4")),
  profiles = list(
    profiled("scores_weighted", "score ~ regime + perturbation + (1 | language) + (1 | run)", "w"),
    profiled("scores_slopes_missing", "score ~ regime + (1 + regime | language) + (1 | run)"))
)
write(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = 1, null = "null"), "profile.json")
