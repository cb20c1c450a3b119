# Two overlapping frames, three variables: the single-frame estimator of the R package Frames2 0.2.1 (GPL >= 2).
# Rscript frames2_bka.R FRAMES2_R_FOLDER > frames2_bka.csv   (only its files Domains.R, VarHT.R and BKA.R are read)
# Frame A: strata A1 (12 of 60), A2 (9 of 30); frame B: one stratum (16 of 48). Joint probabilities are those of
# simple random samples: n(n-1)/(N(N-1)) within a stratum, the product across strata. The data are made up here.
folder <- commandArgs(TRUE)[1]
for (name in c("Domains.R", "VarHT.R", "BKA.R")) source(file.path(folder, name))
n <- c(A1 = 12, A2 = 9, B = 16); N <- c(A1 = 60, A2 = 30, B = 48)
pi <- n / N
a <- data.frame(stratum = rep(c("A1", "A2"), c(12, 9)))
k <- seq_len(21); a$domain <- ifelse(k %% 3 == 0, "ab", "a")
a$pass <- as.numeric(k %% 5 != 0); a$value <- 10 + (7 * k) %% 11; a$one <- 1
b <- data.frame(stratum = rep("B", 16))
k <- seq_len(16); b$domain <- ifelse(k %% 2 == 0, "ba", "b"); b$other <- ifelse(k %% 4 == 0, "A2", "A1")
b$pass <- as.numeric(k %% 4 != 1); b$value <- 12 + (5 * k) %% 7; b$one <- 1
joint <- function(s) {
  p <- outer(pi[s], pi[s])
  same <- outer(s, s, "==")
  p[same] <- ((n * (n - 1)) / (N * (N - 1)))[s][row(p)[same]]
  diag(p) <- pi[s]
  p
}
vars <- c("pass", "value", "one")
est <- BKA(a[vars], b[vars], joint(a$stratum), joint(b$stratum), rep(pi["B"], 21), pi[b$other], a$domain, b$domain)
cat("variable,total,variance\n")
for (v in vars) cat(sprintf("%s,%.12f,%.12f\n", v, est$Est["Total", v], est$VarEst["Var. Total", v]))
