"""Persons, roles and appointments."""
