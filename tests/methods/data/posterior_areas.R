# Makes posterior_areas.csv with base R alone: the posterior of finite areas under Fay & Herriot's model with a
# flat prior of the coefficients and Jeffreys' of A, by integrate() over A and uniroot(). Own work. Run:
# Rscript posterior_areas.R > posterior_areas.csv
options(digits = 15)
x <- cbind(1, c(0.2, 0.9, 1.4, 0.4, 1.9, 1.1, 0.7, 1.6, 0.3, 1.2))
given <- list(
  alike = list(y = c(2.2, 2.8, 3.6, 2.1, 4.2, 3.0, 2.9, 3.4, 2.4, 3.3), s2 = rep(4, 10)),
  unlike = list(y = c(1.1, 4.8, 2.6, 3.9, 5.2, 1.0, 3.9, 3.4, 0.4, 5.3), s2 = seq(1, 5.5, 0.5))
)
n <- c(4, 9, 6, 12, 5, 8, 7, 10, 4, 6)
N <- c(9, 90, Inf, 40, 25, 8, 70, 30, 12, Inf)

at <- function(A, case) {
  d <- case$s2 / n
  w <- 1 / (A + d)
  m <- solve(t(x) %*% (x * w))
  beta <- m %*% (t(x) %*% (case$y * w))
  left <- case$y - x %*% beta
  gamma <- A * w
  f <- n / N
  list(
    log = (sum(log(w)) - sum(left^2 * w) + log(det(m)) + log(sum(w^2))) / 2,
    mean = as.vector(f * case$y + (1 - f) * (gamma * case$y + (1 - gamma) * (x %*% beta))),
    var = (1 - f)^2 * (gamma * d + (1 - gamma)^2 * rowSums((x %*% m) * x)) + (1 - f) * case$s2 / N
  )
}

cat("case,y,s2,n,population,x,mean,error,lower,upper,median\n")
for (name in names(given)) {
  case <- given[[name]]
  top <- max(sapply(10^seq(-6, 3, 0.1), function(A) at(A, case)$log))
  over <- function(g) {  # A = t / (1 - t); cut, for the density bends where A is small
    inside <- function(t) sapply(t, function(u) g(at(u / (1 - u), case), u / (1 - u)) / (1 - u)^2)
    cuts <- c(0, 0.02, 0.1, 0.3, 0.6, 0.9, 1)
    sum(sapply(1:6, function(i) integrate(inside, cuts[i], cuts[i + 1], rel.tol = 1e-11, subdivisions = 2000)$value))
  }
  all <- over(function(p, A) exp(p$log - top))
  median <- uniroot(function(q) over(function(p, A) exp(p$log - top) * (A <= q)) / all - 0.5, c(1e-3, 50), tol = 1e-4)$root
  for (i in seq_along(n)) {
    mean <- over(function(p, A) exp(p$log - top) * p$mean[i]) / all
    var <- over(function(p, A) exp(p$log - top) * (p$var[i] + (p$mean[i] - mean)^2)) / all
    ends <- c(mean, mean)
    if (var > 1e-12) {
      below <- function(q) over(function(p, A) exp(p$log - top) * pnorm((q - p$mean[i]) / sqrt(p$var[i]))) / all
      for (j in 1:2) {
        level <- c(0.025, 0.975)[j]
        ends[j] <- uniroot(function(q) below(q) - level, mean + c(-9, 9) * sqrt(var), tol = 1e-11)$root
      }
    }
    cat(sprintf("%s,%.15g,%.15g,%d,%s,%.15g,%.15g,%.15g,%.15g,%.15g,%.6g\n",
      name, case$y[i], case$s2[i], n[i], format(N[i]), x[i, 2], mean, sqrt(max(var, 0)), ends[1], ends[2], median))
  }
}
