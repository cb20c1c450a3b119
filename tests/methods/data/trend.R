# Prints what base R gives for the series and the panel of the tests: one line a figure, values split by blanks.
# Rscript trend.R > trend.txt
say <- function(name, x) cat(name, format(as.numeric(x), digits = 13, trim = TRUE), "\n")
say("nile", Nile)
say("nile_level", StructTS(Nile, "level")$coef[c("epsilon", "level")])
gas <- log(UKgas)
say("gas", gas)
ratio <- decompose(UKgas, "multiplicative")
say("ratio_season", ratio$figure)
say("ratio_trend", ratio$trend[3:106])
every <- list(s.jump = 1, t.jump = 1, l.jump = 1)
show <- function(name, x, ...) {
  found <- do.call(stl, c(list(x, ...), every))$time.series
  say(paste0(name, "_season"), found[, "seasonal"])
  say(paste0(name, "_trend"), found[, "trend"])
}
show("periodic", gas, s.window = "periodic")
show("moving", gas, s.window = 7)
# An odd number of figures: for even ones the partial sort of stl can miss the median of the residuals.
show("robust", window(gas, end = c(1986, 3)), s.window = 7, robust = TRUE)

# A panel without chance: 8 units, 6 periods, starts 3, 3, 4 (from 0) and never.
units <- 8; periods <- 6
start <- c(Inf, Inf, Inf, Inf, Inf, 3, 3, 4)
panel <- expand.grid(t = 0:(periods - 1), i = 1:units)
panel$d <- as.numeric(panel$t >= start[panel$i])
panel$y <- round(panel$i + panel$t / 2 + 2 * panel$d + sin(3 * panel$i * panel$t + panel$i), 6)
fit <- lm(y ~ d + factor(i) + factor(t), panel)
X <- model.matrix(fit)
scores <- rowsum(X * residuals(fit), panel$i)
bread <- solve(crossprod(X))
scale <- units / (units - 1) * (nrow(X) - 1) / (nrow(X) - ncol(X))
say("panel", panel$y)
say("two_way", c(coef(fit)["d"], sqrt(scale * (bread %*% crossprod(scores) %*% bread)["d", "d"])))

# An interrupted series with the sum of Newey and West written out.
n <- 24; s <- 14; t <- 0:(n - 1); after <- t >= s
y <- round(10 + 0.3 * t + 2 * after - 0.2 * (t - s) * after + sin(t * t), 6)
fit <- lm(y ~ t + after + I((t - s) * after))
X <- model.matrix(fit); u <- X * residuals(fit); L <- 3
meat <- crossprod(u)
for (l in 1:L) {
  g <- crossprod(u[(l + 1):n, ], u[1:(n - l), ])
  meat <- meat + (1 - l / (L + 1)) * (g + t(g))
}
V <- solve(crossprod(X)) %*% meat %*% solve(crossprod(X)) * n / (n - 4)
say("interrupted", y)
say("interrupted_fit", c(coef(fit)[3:4], sqrt(diag(V)[3:4])))
