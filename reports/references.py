"""What a report cites beside its benchmarks: the methods that every answer rests on."""

METHODS = (
    "Bates, D., Mächler, M., Bolker, B. & Walker, S. (2015). Fitting linear mixed-effects models using lme4. "
    "Journal of Statistical Software 67(1).",
    "Kuznetsova, A., Brockhoff, P. B. & Christensen, R. H. B. (2017). lmerTest package: tests in linear "
    "mixed effects models. Journal of Statistical Software 82(13). (Satterthwaite's degrees of freedom)",
    "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of "
    "Statistics 6.",
    "Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach. "
    "Journal of Pharmacokinetics and Biopharmaceutics 15.",
    "Taori, R. et al. (2020). Measuring robustness to natural distribution shifts in image classification. "
    "NeurIPS. (effective robustness)",
    "Phang, J. et al. (2020). English intermediate-task training improves zero-shot cross-lingual transfer "
    "too. AACL-IJCNLP.",
)
