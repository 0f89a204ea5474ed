"""Why no stream could be made of a video, in the language of who reads it: it is kept as an English sentence."""

from __future__ import annotations

from learncraft.language import noted
from learncraft.language.kept import Kept

FAILURES = Kept(
    noted("The video could not be read within a minute. It may be damaged; save it again."),
    noted("There is only sound in this file, no picture. Upload it as a sound file, such as .mp3."),
    noted("No film could be found in this file. It may be damaged or cut off; save it again as MP4."),
    noted("The video ends before its first picture. It may be damaged; save it again as MP4."),
    noted("No picture could be taken from the video. It may be damaged; save it again as MP4."),
    noted("The video has no length: it may be cut off or a single picture. Save it again as MP4."),
    noted("The video is longer than {hours} hours. Cut it into parts."),
    noted("The picture is only {pixels} pixels high or wide; {least} is the least."),
    noted("The picture is larger than {most} pixels. Save the video in a smaller size."),
    noted("The bytes of the video are no longer on the server. Upload it again."),
    noted("Something unexpected went wrong on the server. Try again; its administrator can see why."),
    noted("No stream could be made of this video."),
)
