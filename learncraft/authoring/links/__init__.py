"""The links of a course to other sites: which there are, whether they still lead somewhere, and what is said of them.

Only a job goes out to the network, and only where the operator has said so (`LEARNCRAFT_LINK_CHECK`).
"""
