"""Who answers the URLs org.gradsheet:step and so on, whether a button, the menu or a cell's hyperlink calls."""

import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.beans import NamedValue
from com.sun.star.frame import (
    ControlCommand,
    DispatchResultEvent,
    FeatureStateEvent,
    XDispatchProvider,
    XNotifyingDispatch,
)
from com.sun.star.frame.DispatchResultState import FAILURE, SUCCESS
from com.sun.star.lang import DisposedException, XInitialization, XServiceInfo

from addin.calc.inside.clicks import DocumentClicks
from addin.calc.inside.help import HELP, OPEN
from addin.calc.inside.identifiers import HANDLER, PROTOCOL
from addin.calc.inside.screen import Screen
from pyfuncs.cells.errors import GradsheetError
from workbooks.clicks.table import CLICKS

TOOLTIPS = {name: f"{click.label}: {click.help}" for name, click in CLICKS.items()}
BUTTONS = CLICKS | {HELP.name: HELP}
BUSY = "The click is ignored: a training is under way."
REFUSED = "gradsheet.refused"
REFUSED_NOTICE = "A click was ignored, because a training is under way: wait for its end, or press Stop."
STOPPED = "Stopped before anything was changed."
CLOSED = "The document was closed."


class CurrentClick:
    """One click at a time in the whole office: a click during another is ignored, Stop ends it."""

    def __init__(self) -> None:
        self.is_running = False
        self.is_stopping = False
        self.refused: list[Screen] = []
        """The windows that show that a click was ignored."""

    def refuse(self, screen: Screen) -> None:
        """Show in a window, until the click that is under way has ended, that another one was ignored."""
        screen.notice(REFUSED, REFUSED_NOTICE)
        self.refused.append(screen)

    def end(self) -> None:
        """Be ready for the next click."""
        self.is_running = False
        while self.refused:
            with suppress(Exception):  # a window that is closed shows nothing
                self.refused.pop().notice(REFUSED, None)


CURRENT = CurrentClick()


def file_of(arguments: tuple[Any, ...]) -> Path | None:
    """Return the file that a click names; a link in a cell gives its own address instead, org.gradsheet:step."""
    for argument in arguments:
        if argument.Name == "URL" and argument.Value.startswith("file:"):
            return Path(uno.fileUrlToSystemPath(argument.Value))
    return None


class Handler(unohelper.Base, XDispatchProvider, XNotifyingDispatch, XInitialization, XServiceInfo):
    """The buttons of one window."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.frame: Any = None

    def initialize(self, arguments: tuple[Any, ...]) -> None:
        """Take the window."""
        self.frame = arguments[0] if arguments else None

    def queryDispatch(self, url: Any, target: str, flags: int) -> Any:
        """Answer to the URLs of the buttons."""
        is_ours = url.Protocol == PROTOCOL and (url.Path in BUTTONS or url.Path.startswith(OPEN))
        return self if is_ours else None

    def queryDispatches(self, requests: tuple[Any, ...]) -> tuple[Any, ...]:
        """Answer to the URLs of the buttons."""
        return tuple(self.queryDispatch(each.FeatureURL, each.FrameName, each.SearchFlags) for each in requests)

    def dispatch(self, url: Any, arguments: tuple[Any, ...]) -> None:
        """Do what a click asks for."""
        self.click(url.Path, arguments)

    def dispatchWithNotification(self, url: Any, arguments: tuple[Any, ...], listener: Any) -> None:
        """Do what a click asks for, and tell the caller the sentence it ends with."""
        done, sentence = self.click(url.Path, arguments)
        if listener is not None:
            listener.dispatchFinished(DispatchResultEvent(self, SUCCESS if done else FAILURE, sentence))

    def click(self, name: str, arguments: tuple[Any, ...]) -> tuple[bool, str]:
        """Do what a click asks for; return whether it worked, and a sentence."""
        if name == "stop":
            CURRENT.is_stopping = CURRENT.is_running
            return True, "The training stops." if CURRENT.is_running else "Nothing is training."
        screen = Screen(self.context, self.frame)
        if CURRENT.is_running:
            CURRENT.refuse(screen)
            return False, BUSY
        CURRENT.is_running, CURRENT.is_stopping = True, False
        try:
            done, sentence = self.perform(name, screen, arguments)
        finally:
            CURRENT.end()
        if not done:
            screen.say(sentence, wrong=True)
        return done, sentence

    def perform(self, name: str, screen: Screen, arguments: tuple[Any, ...]) -> tuple[bool, str]:
        """Do what a button says; return whether it worked, and a sentence."""
        try:
            path = file_of(arguments)
            document = self.frame.getController().getModel()
            clicks = DocumentClicks(document, screen, lambda: CURRENT.is_stopping, path)
            if name.startswith(OPEN):
                return True, clicks.open(name.removeprefix(OPEN))
            sentence = clicks.press(BUTTONS[name])
        except GradsheetError as error:
            return False, str(error)
        except KeyboardInterrupt:
            return True, STOPPED
        except DisposedException:
            return False, CLOSED
        except Exception as error:
            traceback.print_exc()
            return False, f"Gradsheet failed with {type(error).__name__}: {error}. Please report this."
        finally:
            screen.finish()
        return True, sentence

    def addStatusListener(self, listener: Any, url: Any) -> None:
        """Tell a button that it can be clicked, and its tooltip."""
        event = FeatureStateEvent()
        event.Source, event.FeatureURL, event.IsEnabled = self, url, True
        if url.Path in TOOLTIPS:
            event.State = ControlCommand("SetQuickHelpText", (NamedValue("HelpText", TOOLTIPS[url.Path]),))
        listener.statusChanged(event)

    def removeStatusListener(self, listener: Any, url: Any) -> None:
        """Do nothing: the buttons can always be clicked."""

    def getImplementationName(self) -> str:
        return HANDLER

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return ("com.sun.star.frame.ProtocolHandler", HANDLER)
