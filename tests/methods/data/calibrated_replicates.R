# Makes calibrated_replicates.csv with R survey 4.1.1 (only its numbers are kept): errors of calibrated replicates, and
# calibration within bounds. Run: Rscript calibrated_replicates.R > calibrated_replicates.csv
suppressMessages(library(survey))
options(digits = 15, survey.lonely.psu = "adjust")
say <- function(name, value) cat(name, ",", format(as.numeric(value), digits = 15), "\n", sep = "")
cat("figure,value\n")

six <- data.frame(g = c("u", "u", "u", "v", "v", "v"), y = c(1, 2, 3, 7, 8, 10), w = 10)
one <- as.svrepdesign(svydesign(~1, weights = ~w, data = six), type = "JK1")
post <- postStratify(one, ~g, data.frame(g = c("u", "v"), Freq = c(40, 20)))
say("six_mean", SE(svymean(~y, post)))
say("six_share_u", SE(svymean(~I(g == "u"), post))[1])

i <- 1:24
d <- data.frame(
  h = rep(1:3, each = 8), psu = rep(1:12, each = 2), x = 1 + (i * 7) %% 11, g = letters[1 + (i * 5) %% 3],
  k = c("p", "q")[1 + (i %/% 3) %% 2], y = (i * 13) %% 17 + 2 * ((i * 7) %% 11), w = rep(c(4, 6, 9), each = 8)
)
full <- svydesign(~psu, strata = ~h, weights = ~w, data = d)
jkn <- as.svrepdesign(full, type = "JKn")
g <- data.frame(g = c("a", "b", "c"), Freq = c(50, 60, 45))
k <- data.frame(k = c("p", "q"), Freq = c(85, 70))
done <- list(
  post = postStratify(jkn, ~g, g),
  rake = rake(jkn, list(~g, ~k), list(g, k), control = list(maxit = 500, epsilon = 1e-11)),
  linear = calibrate(jkn, ~x, c(`(Intercept)` = 155, x = 930)),
  raking = calibrate(jkn, ~x, c(`(Intercept)` = 155, x = 930), calfun = "raking", epsilon = 1e-12, maxit = 200),
  logit = calibrate(jkn, ~x, c(`(Intercept)` = 155, x = 930), calfun = "logit", bounds = c(0.5, 2),
                    epsilon = 1e-12, maxit = 200)
)
for (name in names(done)) {
  say(paste0(name, "_mean"), coef(svymean(~y, done[[name]])))
  say(paste0(name, "_mean_error"), SE(svymean(~y, done[[name]])))
  say(paste0(name, "_total_error"), SE(svytotal(~y, done[[name]])))
}
cut <- calibrate(full, ~x, c(`(Intercept)` = 155, x = 1000), bounds = c(0.8, 1.3), epsilon = 1e-12, maxit = 200)
say("truncated_total", coef(svytotal(~y, cut)))
say("truncated_mean", coef(svymean(~y, cut)))
say("truncated_mean_error", SE(svymean(~y, cut)))
for (row in i) say(paste0("truncated_factor_", row), (weights(cut) / d$w)[row])
