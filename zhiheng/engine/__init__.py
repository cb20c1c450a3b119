"""Big tables to small tables of sufficient statistics."""
