"""Why parts of edX courses can't be taken over, in words that help whoever taught with them."""

from __future__ import annotations

from lxml import etree

from learncraft.language import _, noted

COMPONENTS: dict[str, str] = {
    "conditional": noted("Content that depends on another part's result has no counterpart here."),
    "crowdsource_hinter": noted("Hints collected from learners have no counterpart here."),
    "discussion": noted(
        "Each lesson here has its own discussion, so this one isn't needed. Its posts aren't in the export."
    ),
    "done": noted("The “Done” button isn't needed: learners mark lessons as finished."),
    "drag-and-drop-v2": noted("Drag-and-drop problems have no counterpart here. Ask it as multiple choice."),
    "edx_sga": noted(
        "Assignments that learners upload for staff to grade aren't imported. Set it as an assignment here."
    ),
    "freetextresponse": noted("Free answers without automatic grading aren't imported. Write a short-answer question."),
    "google-calendar": noted("Embedded calendars aren't imported. Link to the calendar from a text."),
    "google-document": noted("Embedded documents aren't imported. Link to the document from a text."),
    "imagemodal": noted("Full-screen pictures aren't imported. Put the picture into a text."),
    "library": noted("Content libraries aren't imported by themselves, only the problems of them that a course holds."),
    "lti": noted(
        "This opens a tool on another site with a secret key, which isn't imported. "
        "Link to it from a text if learners can reach it there."
    ),
    "lti_consumer": noted(
        "This opens a tool on another site with a secret key, which isn't imported. "
        "Link to it from a text if learners can reach it there."
    ),
    "openassessment": noted("Open responses with assessment by people aren't imported. Set it as an assignment here."),
    "poll": noted("Polls have no counterpart here. Ask in the lesson's discussion instead."),
    "poll_question": noted("Polls have no counterpart here. Ask in the lesson's discussion instead."),
    "recommender": noted("Lists of resources that learners recommend have no counterpart here."),
    "scorm": noted("SCORM packages aren't run here. If there is a video or text version, add that."),
    "split_test": noted(
        "An experiment shows different groups different content, so it isn't clear which to take. Choose one "
        "version in the course and export it again."
    ),
    "staffgradedxblock": noted(
        "Points that staff give outside of the platform aren't imported. Set an assignment here."
    ),
    "survey": noted("Surveys have no counterpart here. Link to a survey tool from a text."),
    "ubcpi": noted("Peer instruction questions have no counterpart here. Ask it as multiple choice."),
    "wiki": noted("The course wiki isn't part of the export."),
    "textbook": noted("Textbooks aren't imported. Add their files or links to a lesson."),
    "pdf_textbook": noted("Textbooks aren't imported. Add their files or links to a lesson."),
    "html_textbook": noted("Textbooks aren't imported. Add their files or links to a lesson."),
    "word_cloud": noted("Word clouds have no counterpart here. Ask in the lesson's discussion instead."),
}

RESPONSES: dict[str, str] = {
    "annotationresponse": noted(
        "It asks about an annotated text, which isn't imported. "
        "Write it anew as a multiple-choice, text or number question."
    ),
    "choicetextresponse": noted(
        "It mixes choices with fields to fill in, which no question here does. "
        "Write it anew as a multiple-choice, text or number question."
    ),
    "coderesponse": noted(
        "It sends learners' code to a grader outside of the platform. Make it a code question or a lab."
    ),
    "customresponse": noted(
        "A script of its own grades it, and scripts of courses aren't run here. "
        "Write it anew as a multiple-choice, text or number question."
    ),
    "externalresponse": noted(
        "A server outside of the platform grades it. Write it anew as a multiple-choice, text or number question."
    ),
    "formularesponse": noted(
        "It asks for a formula, which questions here can't compare. "
        "Write it anew as a multiple-choice, text or number question."
    ),
    "imageresponse": noted(
        "It asks for a click on a picture. Show the picture in a text and ask it as multiple choice."
    ),
    "javascriptresponse": noted(
        "It runs a script in the browser, which isn't done here. "
        "Write it anew as a multiple-choice, text or number question."
    ),
    "schematicresponse": noted("It asks for a circuit drawn in a simulator, which isn't part of this platform."),
    "symbolicresponse": noted(
        "It asks for a formula, which questions here can't compare. "
        "Write it anew as a multiple-choice, text or number question."
    ),
}
_GRADED_INPUTS: dict[str, str] = {
    "jsinput": noted("It embeds a web application that grades itself, which isn't run here."),
    "drag_and_drop_input": noted("It asks to drag labels onto a picture. Ask it as multiple choice."),
    "designprotein2dinput": noted("It embeds the protein builder, which isn't part of this platform."),
    "editamoleculeinput": noted("It embeds a molecule editor, which isn't part of this platform."),
    "chemicalequationinput": noted(
        "It asks for a chemical equation, which questions here can't compare. "
        "Write it anew as a multiple-choice, text or number question."
    ),
    "vsepr_input": noted("It embeds a molecule editor, which isn't part of this platform."),
    "matlabinput": noted("It runs MATLAB, which isn't part of this platform. Make it a code question or a lab."),
    "codeinput": noted("It runs learners' code on edX's own grader. Make it a code question or a lab."),
}


def of_component(tag: str) -> str:
    """Why a kind of component isn't imported."""
    if tag in COMPONENTS:
        return _(COMPONENTS[tag])
    return _("Components of the kind “{tag}” aren't known here. Rebuild it from texts, videos and questions.", tag=tag)


def of_response(response: etree._Element) -> str:
    """Why a kind of response isn't imported; what it embeds says more than how it is graded."""
    for child in response.iter():
        if isinstance(child.tag, str) and child.tag in _GRADED_INPUTS:
            return _(_GRADED_INPUTS[child.tag])
    tag = str(response.tag)
    if tag in RESPONSES:
        return _(RESPONSES[tag])
    return _(
        "Responses of the kind “{tag}” aren't known here. Write it anew as a multiple-choice, text or number question.",
        tag=tag,
    )


def without_response(problem: etree._Element) -> str:
    """Why a problem gave no question although nothing in it was refused."""
    if not any(True for _child in problem):
        return _("It is empty.")
    return _(
        "It asks nothing that can be answered: there is no field in it. If its text is needed, copy it into a lesson."
    )
