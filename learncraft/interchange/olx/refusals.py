"""Why parts of edX courses can't be taken over, in words that help whoever taught with them."""

from __future__ import annotations

from lxml import etree

_OUTSIDE = "Link to it from a text if learners can reach it there."
COMPONENTS: dict[str, str] = {
    "conditional": "Content that depends on another part's result has no counterpart here.",
    "crowdsource_hinter": "Hints collected from learners have no counterpart here.",
    "discussion": "Each lesson here has its own discussion, so this one isn't needed. Its posts aren't in the export.",
    "done": "The “Done” button isn't needed: learners mark lessons as finished.",
    "drag-and-drop-v2": "Drag-and-drop problems have no counterpart here. Ask it as multiple choice.",
    "edx_sga": "Assignments that learners upload for staff to grade aren't imported. Set it as an assignment here.",
    "freetextresponse": "Free answers without automatic grading aren't imported. Write a short-answer question.",
    "google-calendar": "Embedded calendars aren't imported. Link to the calendar from a text.",
    "google-document": "Embedded documents aren't imported. Link to the document from a text.",
    "imagemodal": "Full-screen pictures aren't imported. Put the picture into a text.",
    "library": "Content libraries aren't imported by themselves, only the problems of them that a course holds.",
    "lti": f"This opens a tool on another site with a secret key, which isn't imported. {_OUTSIDE}",
    "lti_consumer": f"This opens a tool on another site with a secret key, which isn't imported. {_OUTSIDE}",
    "openassessment": "Open responses with assessment by people aren't imported. Set it as an assignment here.",
    "poll": "Polls have no counterpart here. Ask in the lesson's discussion instead.",
    "poll_question": "Polls have no counterpart here. Ask in the lesson's discussion instead.",
    "recommender": "Lists of resources that learners recommend have no counterpart here.",
    "scorm": "SCORM packages aren't run here. If there is a video or text version, add that.",
    "split_test": "An experiment shows different groups different content, so it isn't clear which to take. Choose one "
    "version in the course and export it again.",
    "staffgradedxblock": "Points that staff give outside of the platform aren't imported. Set an assignment here.",
    "survey": "Surveys have no counterpart here. Link to a survey tool from a text.",
    "ubcpi": "Peer instruction questions have no counterpart here. Ask it as multiple choice.",
    "wiki": "The course wiki isn't part of the export.",
    "textbook": "Textbooks aren't imported. Add their files or links to a lesson.",
    "pdf_textbook": "Textbooks aren't imported. Add their files or links to a lesson.",
    "html_textbook": "Textbooks aren't imported. Add their files or links to a lesson.",
    "word_cloud": "Word clouds have no counterpart here. Ask in the lesson's discussion instead.",
}

_SCRIPTED = "Write it anew as a multiple-choice, text or number question."
RESPONSES: dict[str, str] = {
    "annotationresponse": f"It asks about an annotated text, which isn't imported. {_SCRIPTED}",
    "choicetextresponse": f"It mixes choices with fields to fill in, which no question here does. {_SCRIPTED}",
    "coderesponse": "It sends learners' code to a grader outside of the platform. Make it a code question or a lab.",
    "customresponse": f"A script of its own grades it, and scripts of courses aren't run here. {_SCRIPTED}",
    "externalresponse": f"A server outside of the platform grades it. {_SCRIPTED}",
    "formularesponse": f"It asks for a formula, which questions here can't compare. {_SCRIPTED}",
    "imageresponse": "It asks for a click on a picture. Show the picture in a text and ask it as multiple choice.",
    "javascriptresponse": f"It runs a script in the browser, which isn't done here. {_SCRIPTED}",
    "schematicresponse": "It asks for a circuit drawn in a simulator, which isn't part of this platform.",
    "symbolicresponse": f"It asks for a formula, which questions here can't compare. {_SCRIPTED}",
}
_GRADED_INPUTS: dict[str, str] = {
    "jsinput": "It embeds a web application that grades itself, which isn't run here.",
    "drag_and_drop_input": "It asks to drag labels onto a picture. Ask it as multiple choice.",
    "designprotein2dinput": "It embeds the protein builder, which isn't part of this platform.",
    "editamoleculeinput": "It embeds a molecule editor, which isn't part of this platform.",
    "chemicalequationinput": f"It asks for a chemical equation, which questions here can't compare. {_SCRIPTED}",
    "vsepr_input": "It embeds a molecule editor, which isn't part of this platform.",
    "matlabinput": "It runs MATLAB, which isn't part of this platform. Make it a code question or a lab.",
    "codeinput": "It runs learners' code on edX's own grader. Make it a code question or a lab.",
}


def of_component(tag: str) -> str:
    """Why a kind of component isn't imported."""
    return COMPONENTS.get(tag) or (
        f"Components of the kind “{tag}” aren't known here. Rebuild it from texts, videos and questions."
    )


def of_response(response: etree._Element) -> str:
    """Why a kind of response isn't imported; what it embeds says more than how it is graded."""
    for child in response.iter():
        if isinstance(child.tag, str) and child.tag in _GRADED_INPUTS:
            return _GRADED_INPUTS[child.tag]
    tag = str(response.tag)
    return RESPONSES.get(tag) or f"Responses of the kind “{tag}” aren't known here. {_SCRIPTED}"


def without_response(problem: etree._Element) -> str:
    """Why a problem gave no question although nothing in it was refused."""
    if not any(True for _ in problem):
        return "It is empty."
    return (
        "It asks nothing that can be answered: there is no field in it. If its text is needed, copy it into a lesson."
    )
