"""The pages of inspection: visits and samples, cases, and what everybody may see."""
