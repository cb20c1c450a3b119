"""Reference cases of other programs, run through the public functions of this library.

To add a topic, add one module ``topics/<topic>.py`` and nothing else: it is found by its name. It holds

    ADAPTERS = {"<method>": function, ...}

where each function takes the ``Inputs`` of a case and returns what ``expected`` names, in the same shape:
a mapping, or a list of mappings. A value of a mapping may be

- a number, text, array, list or mapping: compared at the ``rtol`` of the case;
- a function without arguments: called only if the case expects that name;
- ``Near(value, atol=..., rtol=...)``: compared within a tolerance of its own, as simulations need (several
  standard errors of both sides) and as exact parts of statistical cases need; ``AtMost`` likewise for a
  measure of error, where less is better.

An adapter calls public functions and renames; it computes nothing that a user of the library could not call.
Case files of a topic stand in ``tests/methods/data/vectors/<topic>.json``; one test runs them all.
"""
