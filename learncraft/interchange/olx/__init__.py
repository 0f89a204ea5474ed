"""Open edX course archives (OLX), read into documents.

A course is a tree of XML: course > chapter > sequential > vertical > components. Any element may stand
inside its parent, or in a file of its own named by its kind and `url_name`; both are followed alike.
"""

from learncraft.interchange.olx.reader import OlxCourse, read

__all__ = ["OlxCourse", "read"]
