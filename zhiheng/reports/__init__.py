"""Papers: one description of a paper, set as PDF/A, as a Word file, as a page, and lists as workbooks.

Equal papers give equal bytes: no clock, no random number and no name of a machine goes into a file. A paper
is plain data (``paper``), so that it can be kept, hashed, and set again years later by the template it names.
"""
