"""Pages of the register: subjects, products, inspectors, frames."""
