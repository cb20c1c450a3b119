# Makes smoothed_variances.csv with squeezeVar of limma 2.10.7 (LGPL; not copied here, only its numbers are kept):
# Smyth's (2004) fit of a scaled F, and the variances it draws together. Give the folder of limma's R files:
# Rscript smoothed_variances.R limma/R > smoothed_variances.csv
for (file in list.files(commandArgs(TRUE)[1], pattern = "[.]R$", full.names = TRUE)) try(source(file), silent = TRUE)
given <- list(
  alike = list(var = c(0.31, 0.9, 1.4, 2.2, 0.75, 5.1, 1.05, 0.12, 3.3, 1.8), df = rep(4, 10)),
  unlike = list(var = c(0.31, 0.9, 1.4, 2.2, 0.75, 5.1, 1.05, 0.12, 3.3, 1.8), df = c(4, 4, 9, 12, 7, 5, 20, 4, 6, 15)),
  near = list(var = c(40, 52, 61, 33, 70, 45, 58), df = c(30, 60, 45, 30, 50, 80, 40))
)
cat("case,df,variance,smoothed,prior,prior_df\n")
for (name in names(given)) {
  case <- given[[name]]
  found <- squeezeVar(case$var, case$df)
  cat(sprintf("%s,%d,%.15g,%.15g,%.15g,%.15g\n", name, case$df, case$var, found$var.post, found$var.prior, found$df.prior), sep = "")
}
