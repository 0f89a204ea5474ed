"""What the catalogues of other languages have to say: collected from the code, and held against them.

`make messages` writes what is new into each catalogue; docs/language.md says what then is to do.
"""
