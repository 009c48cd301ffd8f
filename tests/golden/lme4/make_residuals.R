# Residuals and leverage that R gives for the binomial models of carried data: Rscript make_residuals.R, in this folder.
suppressPackageStartupMessages({library(lme4); library(jsonlite)})
control <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE,
                        tolPwrss = 1e-12)
told <- function(name) {
  known <- fromJSON(paste0(name, ".json"), simplifyVector = FALSE)
  data <- read.csv(gzfile(paste0(name, ".csv.gz")), stringsAsFactors = FALSE)
  for (f in names(known$factors)) data[[f]] <- factor(data[[f]], levels = unlist(known$factors[[f]]))
  fit <- glmer(as.formula(known$formula), data, family = binomial, control = control)
  rows <- data.frame(fitted = fitted(fit), pearson = residuals(fit, "pearson"), deviance = residuals(fit, "deviance"),
                     leverage = suppressWarnings(hatvalues(fit)))
  list(data = name, sums = as.list(colSums(rows)), squares = as.list(colSums(rows^2)), first = head(rows, 8))
}
out <- list(software = R.version.string, lme4 = as.character(packageVersion("lme4")),
            residuals = lapply(c("counts_overdispersed", "pawsx_items"), told))
write(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = 1, null = "null", rownames = FALSE), "residuals.json")
