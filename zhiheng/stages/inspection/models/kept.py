"""Rows that are written once."""

from __future__ import annotations

from django.db import models


class InsertOnly(models.Model):
    """A row that is written once; a correction is a new row that replaces it."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("a recorded row is never changed; record a correction that replaces it")
        return super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a recorded row is never removed; record a correction that replaces it")
