# Makes post_stratified.csv with R survey 4.1.1 (GPL; only its numbers are kept): the pass rate weighted by output,
# the linearised error of a combined ratio, and domain rates, from rows that this script makes itself.
# Run: Rscript post_stratified.R > post_stratified.csv
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 15)
# stratum, domain, frame units, answered, passes
cells <- read.table(text = "
h d N n p
1 1 300 14 14
1 2 250 11 10
1 3  40  1  1
2 1 100  9  8
2 2 120 10  9
2 3  20  2  1
3 1  30  6  4
3 2  25  7  5
3 3   5  1  0
4 1   6  1  1
4 2   3  0  0
4 3   1  0  0
", header = TRUE)
output <- c(5200, 3100, 900)
Nh <- tapply(cells$N, cells$h, sum); rh <- tapply(cells$n, cells$h, sum)
Nd <- tapply(cells$N, cells$d, sum)
rows <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) with(cells[i, ], if (n == 0) NULL else
  data.frame(h = h, d = d, y = c(rep(1, p), rep(0, n - p))))))
rows$w <- (Nh / rh)[rows$h]; rows$fpc <- Nh[rows$h]
a <- (output / Nd)[rows$d]
alone1 <- rows$d == 1
# domain 1 stands alone, 2 and 3 are joined with their mean output
rows$a1 <- ifelse(alone1, 1, 0); rows$ya1 <- rows$y * rows$a1
rows$a2 <- ifelse(alone1, 0, a); rows$ya2 <- rows$y * rows$a2
design <- svydesign(~1, strata = ~h, weights = ~w, fpc = ~fpc, data = rows)
totals <- svytotal(~a1 + ya1 + a2 + ya2, design)
share <- c(output[1], sum(output[2:3])) / sum(output)
rate <- svycontrast(totals, substitute(V1 * ya1 / a1 + V2 * ya2 / a2, list(V1 = share[1], V2 = share[2])))
cat("figure,estimate,standard_error,df\n")
cat(sprintf("weighted,%.15g,%.15g,%d\n", coef(rate), SE(rate), degf(design)))
whole <- svymean(~y, design)
cat(sprintf("hajek,%.15g,%.15g,%d\n", coef(whole), SE(whole), degf(design)))
by <- svyby(~y, ~d, design, svymean)
for (i in 1:3) cat(sprintf("domain%d,%.15g,%.15g,%d\n", i, by$y[i], by$se[i], degf(design)))
