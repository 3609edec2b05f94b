"""The pages of the project: their code blocks, and the parts of them that are made from the program itself.

``python -m tests.documentation`` writes the parts made from the program into the pages.
"""
