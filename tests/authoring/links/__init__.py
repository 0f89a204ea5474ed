"""The links of a course to other sites: a real server on this machine answers for all of them."""
