"""The iterations of a run as a state machine: recorded or only watched, held, frozen. No torch, no frames.

    RECORDING ──enough, or asked──▶ LEAVING ──turn──▶ (held) ──▶ WATCHING
    WATCHING ──asked──▶ AWAITING ──turn──▶ (held) ──▶ FREEZING ──turn──▶ (held) ──▶ WATCHING

An iteration begins and ends where the loop's first line runs again (a *turn*), and holds at least one step. Where
the loop is hidden in a library there are no turns: there it lies between two steps.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

LOOP = 3
"""Iterations after which a loop is taken to train."""


class Phase(enum.Enum):
    """What is done with the iteration that runs."""

    RECORDING = "the first iterations are recorded"
    LEAVING = "recorded, until the next iteration"
    WATCHING = "only watched"
    AWAITING = "only watched until the next iteration, which is recorded as requested"
    FREEZING = "the requested iteration is recorded"
    HELD_BETWEEN = "the program waits between iterations, with nothing recorded"
    HELD_AFTER = "the program waits after a recorded iteration"
    HELD_OUTSIDE = "the program waits after the loop"


RECORDED = (Phase.RECORDING, Phase.LEAVING, Phase.FREEZING)
HELD = (Phase.HELD_BETWEEN, Phase.HELD_AFTER, Phase.HELD_OUTSIDE)


class Happened(enum.Enum):
    """What a running program does that matters here."""

    STEP = "an optimizer has stepped; or, without one, a backward pass has run"
    LINE = "a recorded line of the program is about to run"
    TURN = "the loop's first line is about to run again"
    EXIT = "the loop was left, or its call returned"
    RELEASED = "the program was held, and may continue"


class Place(enum.Enum):
    """Where the program stands when it happens."""

    NO_LOOP = "outside all loops of its own"
    INSIDE = "in a loop"
    AT_TURN = "on the first line of a loop"


@dataclass(frozen=True)
class Event:
    """Something has happened. `enough`: the record holds enough steps to give way to watching."""

    happened: Happened
    place: Place = Place.INSIDE
    by_pass: bool = False
    """Whether iterations are told by passes, since nothing steps."""
    enough: bool = False


@dataclass(frozen=True)
class State:
    """Where the run is, and what was asked for and has not come yet."""

    phase: Phase = Phase.RECORDING
    freeze: str = ""
    """Why the next iteration is to be recorded, "" where it is not."""
    pause: bool = False
    stop: bool = False
    leave: bool = False
    """The record is to end before the next line that would be recorded."""
    why: str = ""
    """Why the iteration is recorded that runs."""
    complete: bool = False
    """The iteration that is recorded has had its step."""
    by_pass: bool = False
    """A turn is awaited since a pass: the step that belongs to it is still to come."""
    in_loop: bool = False
    """The loop whose turns bound the iteration is the program's own, not one hidden in a library."""
    released: bool = False
    """A program that is held may go on."""
    iterations: int = 0

    @property
    def asked(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.freeze) or self.pause or self.stop

    @property
    def attentive(self) -> bool:
        """Whether the next step matters; a run that is only watched should not be looked at."""
        return self.asked or self.phase is not Phase.WATCHING


class Request(enum.Enum):
    """What the screen can ask for."""

    FREEZE = "record the next whole iteration, then hold"
    PAUSE = "hold at the end of this iteration"
    GO_ON = "stop holding"
    WATCH = "stop recording at the next recorded line"
    STOP = "raise KeyboardInterrupt at the end of this iteration"


def ask(state: State, request: Request, why: str = "") -> State:
    """The state after something was asked for; `why` says why an iteration is to be recorded."""
    match request:
        case Request.FREEZE:
            return replace(state, freeze=why, released=True)
        case Request.PAUSE:
            return replace(state, pause=True)
        case Request.GO_ON:
            return replace(state, pause=False, released=True)
        case Request.WATCH:
            return replace(state, leave=state.phase in RECORDED)
        case Request.STOP:
            return replace(state, stop=True, released=True)


class Action(enum.Enum):
    """What is to be done, in the order in which it is told."""

    BEGIN_RECORD = "record from here on"
    END_RECORD = "look away"
    FOLLOW_RECORD = "report iterations of the enclosing loop, which is recorded"
    FOLLOW_LOOP = "report iterations of the enclosing loop, which is not recorded"
    FORGET_LOOP = "stop reporting iterations"
    NOTE_WATCHING = "say in the record that it ends here"
    NOTE_LEFT = "say in the record that it ends here, as requested"
    TELL_WATCHING = "say that the run is watched from here on"
    HOLD_FROZEN = "wait, after a recorded iteration"
    HOLD_PAUSED = "wait, between two iterations"
    INTERRUPT = "raise KeyboardInterrupt in the program"


Next = tuple[State, tuple[Action, ...]]


def advance(state: State, event: Event) -> Next:
    """The state after something has happened, and what is to be done for it."""
    match event.happened:
        case Happened.STEP:
            return _stepped(replace(state, iterations=state.iterations + 1), event)
        case Happened.LINE:
            return _left(state)
        case Happened.TURN:
            return _turned(state)
        case Happened.EXIT:
            return _exited(state)
        case Happened.RELEASED:
            return _released(state, event)


def _stepped(state: State, event: Event) -> Next:
    match state.phase:
        case Phase.RECORDING if state.asked or state.leave or (state.iterations >= LOOP and event.enough):
            if event.place is Place.NO_LOOP:
                return _end(state)
            leaving = replace(state, phase=Phase.LEAVING, complete=True, by_pass=event.by_pass)
            return leaving, (Action.FOLLOW_RECORD,)
        case Phase.WATCHING if state.asked:
            return _await(state, event)
        case Phase.LEAVING | Phase.AWAITING if state.by_pass:
            return replace(state, by_pass=False), ()
        case Phase.LEAVING:  # another step before the loop has turned: it is hidden in a library
            return _end(state)
        case Phase.AWAITING:
            return _between(replace(state, in_loop=False))
        case Phase.FREEZING:
            if not event.by_pass and (state.complete or not state.in_loop):
                return _end(state)
            return replace(state, complete=True), ()
    return state, ()


def _left(state: State) -> Next:
    """The record ends here, if that was asked for."""
    if not state.leave or state.phase not in RECORDED:
        return replace(state, leave=False), ()
    watching = replace(state, phase=Phase.WATCHING, leave=False, why="", complete=False)
    return watching, (Action.NOTE_LEFT, Action.END_RECORD, Action.TELL_WATCHING)


def _turned(state: State) -> Next:
    if state.phase is Phase.AWAITING:
        return _between(state)
    if state.phase is Phase.LEAVING or (state.phase is Phase.FREEZING and state.complete):
        return _end(state)
    return state, ()


def _exited(state: State) -> Next:
    match state.phase:
        case Phase.AWAITING:  # it was the last iteration
            watching = replace(state, phase=Phase.WATCHING)
            if state.stop or state.pause:
                return _hold(replace(watching, phase=Phase.HELD_OUTSIDE), (Action.FORGET_LOOP,), frozen=False)
            return watching, (Action.FORGET_LOOP,)
        case Phase.FREEZING if not state.complete:  # it was the last one: wait for the next loop
            again = replace(state, phase=Phase.WATCHING, freeze=state.why, why="")
            return again, (Action.END_RECORD,)
        case Phase.LEAVING | Phase.FREEZING:
            return _end(state)
    return state, ()


def _released(state: State, event: Event) -> Next:
    """The program may go on: with the iteration that follows recorded, if that was asked for meanwhile."""
    if state.stop:
        return replace(state, phase=Phase.WATCHING, stop=False), (Action.INTERRUPT,)
    watching = replace(state, phase=Phase.WATCHING)
    told = (Action.TELL_WATCHING,)
    if not state.freeze:
        return watching, (*told, Action.FORGET_LOOP)
    if state.phase is Phase.HELD_OUTSIDE:
        return watching, told
    if state.phase is Phase.HELD_BETWEEN or event.place is Place.AT_TURN:
        at_turn = event.place is Place.AT_TURN
        frozen, actions = _begin(replace(watching, in_loop=at_turn or state.in_loop))
    else:
        frozen, actions = _await(watching, event)
    return frozen, (*told, *actions)


def _await(state: State, event: Event) -> Next:
    """Do what was asked for when the loop turns; at once where there is none."""
    if event.place is Place.NO_LOOP:
        return _between(replace(state, in_loop=False))
    awaiting = replace(state, phase=Phase.AWAITING, by_pass=event.by_pass, in_loop=True)
    return awaiting, (Action.FOLLOW_LOOP,)


def _between(state: State) -> Next:
    """Between two iterations of which none is recorded."""
    if state.stop or state.pause:
        return _hold(replace(state, phase=Phase.HELD_BETWEEN), (), frozen=False)
    if state.freeze:
        return _begin(state)
    return replace(state, phase=Phase.WATCHING), (Action.FORGET_LOOP,)


def _begin(state: State) -> Next:
    begun = replace(state, phase=Phase.FREEZING, why=state.freeze, freeze="", complete=False)
    return begun, (Action.BEGIN_RECORD,)


def _end(state: State) -> Next:
    """A recorded iteration is over: hold, or look away and watch; or go on where nobody wants that any more."""
    early = state.phase is Phase.LEAVING and state.iterations < LOOP
    if early and not (state.asked or state.leave):  # the request that made it leave was taken back
        return replace(state, phase=Phase.RECORDING, complete=False, by_pass=False), (Action.FORGET_LOOP,)
    note = Action.NOTE_LEFT if state.leave else Action.NOTE_WATCHING
    state = replace(state, leave=False)
    if state.phase is not Phase.FREEZING:
        state = replace(state, why=state.freeze, freeze="")
    if state.why or state.pause or state.stop:
        return _hold(replace(state, phase=Phase.HELD_AFTER), (Action.END_RECORD,), frozen=bool(state.why))
    noted = (note,) if state.phase is not Phase.FREEZING else ()
    watching = replace(state, phase=Phase.WATCHING)
    return watching, (*noted, Action.END_RECORD, Action.TELL_WATCHING)


def _hold(state: State, before: tuple[Action, ...], frozen: bool) -> Next:
    if state.stop:
        interrupted = replace(state, phase=Phase.WATCHING, stop=False)
        return interrupted, (*before, Action.INTERRUPT)
    held = replace(state, pause=False, released=False)
    return held, (*before, Action.HOLD_FROZEN if frozen else Action.HOLD_PAUSED)
