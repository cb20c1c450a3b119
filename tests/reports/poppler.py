"""Reads PDF files with poppler, a program that did not write them."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def said(program: str, path, *options: str) -> str:
    """Return what a poppler program prints of a file; skip with a reason where it is absent."""
    if shutil.which(program) is None:
        pytest.skip("poppler-utils is not installed")
    done = subprocess.run([program, *options, str(path), *(["-"] if program == "pdftotext" else [])],
                          capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    return done.stdout


def text(path, *options: str) -> str:
    """Return the words of a file without white space, so that a line break hides none."""
    return "".join(said("pdftotext", path, *options).split())


def info(path) -> dict[str, str]:
    """Return what ``pdfinfo`` says."""
    rows = (line.partition(":") for line in said("pdfinfo", path).splitlines())
    return {name.strip(): value.strip() for name, _mark, value in rows}


def fonts(path) -> list[list[str]]:
    """Return the rows of ``pdffonts``: name, type, encoding, embedded, subset, unicode, object."""
    return [line.split() for line in said("pdffonts", path).splitlines()[2:]]
