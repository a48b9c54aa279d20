"""The state machine of iterations against a slow model that reads the whole history anew after each event."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tutor_tui.kernel.training.iteration_states import (
    HELD,
    LOOP,
    RECORDED,
    Action,
    Event,
    Happened,
    Phase,
    Place,
    Request,
    State,
    advance,
    ask,
)


@dataclass
class Log:
    """What has happened, in order: the only thing that the model knows."""

    entries: list[str]

    def after(self, *marks: str) -> list[str]:
        """What came after the last of some entries."""
        at = max((n for n, entry in enumerate(self.entries) if entry in marks), default=-1)
        return self.entries[at + 1 :]

    def count(self, entry: str) -> int:
        return self.entries.count(entry)


class Iterations(RuleBasedStateMachine):
    """A program with a loop of its own, or one hidden in a library; one optimizer or none; requests at any time."""

    @initialize(always=st.booleans(), hidden=st.booleans(), steps=st.booleans())
    def begin(self, always: bool, hidden: bool, steps: bool) -> None:
        self.hidden = hidden
        self.by_pass = (
            not steps and not hidden
        )  # where nothing steps, only a loop of one's own tells iterations
        self.state = State(Phase.WATCHING if always else Phase.RECORDING)
        self.recording = not always
        self.log = Log(["begin"])
        self.follows = False  # turns are told
        self.interrupts = 0

    # --- the program

    def feed(self, happened: Happened, place: Place = Place.INSIDE, enough: bool = False) -> None:
        before = self.state
        place = Place.NO_LOOP if self.hidden else place
        self.state, actions = advance(before, Event(happened, place, self.by_pass, enough))
        for action in actions:
            self.carry_out(action)

    def carry_out(self, action: Action) -> None:
        self.log.entries.append(action.name)
        match action:
            case Action.BEGIN_RECORD:
                assert not self.recording, "a record begins once"
                self.recording = True
                self.follows = self.state.in_loop
            case Action.END_RECORD:
                assert self.recording, "only what is recorded can end"
                self.recording = self.follows = False
            case Action.FOLLOW_RECORD | Action.FOLLOW_LOOP:
                assert not self.hidden, "there is no loop to follow"
                self.follows = True
            case Action.FORGET_LOOP:
                self.follows = False
            case Action.INTERRUPT:
                self.interrupts += 1

    @property
    def held(self) -> bool:
        return self.state.phase in HELD

    @precondition(lambda self: not self.held)
    @rule(enough=st.booleans())
    def step(self, enough: bool) -> None:
        self.log.entries.append("step")
        self.feed(Happened.STEP, enough=enough)

    @precondition(lambda self: not self.held and not self.hidden and self.follows)
    @rule()
    def turn(self) -> None:
        self.log.entries.append("turn")
        self.feed(Happened.TURN, Place.AT_TURN)

    @precondition(lambda self: not self.held and not self.hidden and self.follows)
    @rule()
    def exit(self) -> None:
        self.log.entries.append("exit")
        self.feed(Happened.EXIT)

    @precondition(lambda self: not self.held and self.state.leave)
    @rule()
    def line(self) -> None:
        self.log.entries.append("line")
        self.feed(Happened.LINE)
        assert not self.recording
        assert not self.state.leave

    @precondition(lambda self: self.held and self.state.released)
    @rule(at_turn=st.booleans())
    def go(self, at_turn: bool) -> None:
        self.log.entries.append("go")
        self.feed(Happened.RELEASED, Place.AT_TURN if at_turn else Place.INSIDE)

    @rule(request=st.sampled_from(Request))
    def request(self, request: Request) -> None:
        self.log.entries.append(request.name)
        self.state = ask(self.state, request, "as asked")

    # --- what must hold, told from the history alone

    @invariant()
    def recorded_is_what_the_phase_says(self) -> None:
        assert self.recording == (self.state.phase in RECORDED)

    @invariant()
    def a_frozen_iteration_is_whole(self) -> None:
        """Behind one stands a hold; it began at a turn (or a hidden step) and has had a step of its own."""
        if self.log.entries[-1] != "HOLD_FROZEN":
            return
        recorded = self.log.after("BEGIN_RECORD")
        own_steps = [entry for entry in recorded if entry == "step"]
        if "BEGIN_RECORD" in self.log.entries:
            assert own_steps, f"nothing was trained in {recorded}"
            if self.state.in_loop:
                last = [entry for entry in recorded if entry in ("turn", "exit", "step")][-1]
                closed = last in ("turn", "exit") or len(own_steps) > 1
                assert closed, f"{recorded} ends in the middle"

    @invariant()
    def a_hold_is_asked_for(self) -> None:
        """Every hold answers a request that no other hold, or interrupt, has answered."""
        holds = self.log.count("HOLD_PAUSED") + self.log.count("HOLD_FROZEN")
        asked = self.log.count("PAUSE") + self.log.count("FREEZE")
        assert holds <= asked
        assert self.interrupts <= self.log.count("STOP")

    @invariant()
    def a_stop_comes_at_the_next_boundary(self) -> None:
        """No turn behind a step goes by, and where a library hides the loop, no two steps."""
        if self.state.stop:
            since = self.log.after("STOP")
            if "step" in since:
                assert "turn" not in since[since.index("step") :], since
            assert self.by_pass or since.count("step") <= 2, since

    @invariant()
    def the_beginning_is_recorded(self) -> None:
        """A record gives way by itself only behind `LOOP` steps, and says so; once."""
        assert self.log.count("NOTE_WATCHING") <= 1
        if "NOTE_WATCHING" in self.log.entries:
            before = self.log.entries[: self.log.entries.index("NOTE_WATCHING")]
            assert before.count("step") >= LOOP

    @invariant()
    def watching_needs_no_attention(self) -> None:
        quiet = self.state.phase is Phase.WATCHING and not self.state.asked
        assert self.state.attentive != quiet


Iterations.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestIterations = Iterations.TestCase


def run(state: State, *events: Event) -> tuple[State, list[Action]]:
    """Feed some events; everything that was to be done."""
    found: list[Action] = []
    for event in events:
        state, actions = advance(state, event)
        found += actions
    return state, found


STEP, TURN, EXIT = Event(Happened.STEP), Event(Happened.TURN, Place.AT_TURN), Event(Happened.EXIT)
HIDDEN = Event(Happened.STEP, Place.NO_LOOP)


def test_a_loop_that_trains_is_left_where_it_turns() -> None:
    enough = Event(Happened.STEP, enough=True)
    state, done = run(State(), *[enough] * LOOP)
    assert (state.phase, done) == (Phase.LEAVING, [Action.FOLLOW_RECORD])
    state, done = run(state, TURN)
    assert state.phase is Phase.WATCHING
    assert done == [Action.NOTE_WATCHING, Action.END_RECORD, Action.TELL_WATCHING]


def test_a_freeze_records_from_turn_to_turn_and_holds() -> None:
    state = ask(State(Phase.WATCHING), Request.FREEZE, "as asked")
    state, done = run(state, STEP, TURN, STEP, TURN)
    assert done == [Action.FOLLOW_LOOP, Action.BEGIN_RECORD, Action.END_RECORD, Action.HOLD_FROZEN]
    assert (state.phase, state.why) == (Phase.HELD_AFTER, "as asked")


def test_two_steps_of_a_closure_or_of_a_second_optimizer_stay_in_one_iteration() -> None:
    """The second step before the turn ends it only where the first was not part of it."""
    state, done = run(ask(State(Phase.WATCHING), Request.FREEZE, "x"), STEP, TURN)
    assert state.phase is Phase.FREEZING
    state, done = run(state, STEP)
    assert (done, state.complete) == ([], True)


def test_a_hidden_loop_is_frozen_between_two_steps() -> None:
    state, done = run(ask(State(Phase.WATCHING), Request.FREEZE, "x"), HIDDEN, HIDDEN)
    assert done == [Action.BEGIN_RECORD, Action.END_RECORD, Action.HOLD_FROZEN]
    assert state.phase is Phase.HELD_AFTER


def test_the_last_iteration_of_a_loop_waits_for_the_next_loop() -> None:
    state, done = run(ask(State(Phase.WATCHING), Request.FREEZE, "x"), STEP, TURN, EXIT)
    assert done[-1] is Action.END_RECORD
    assert (state.phase, state.freeze) == (Phase.WATCHING, "x")


def test_asked_while_held_the_very_next_iteration_is_recorded() -> None:
    state, _ = run(ask(State(Phase.WATCHING), Request.FREEZE, "x"), STEP, TURN, STEP, TURN)
    state = ask(state, Request.FREEZE, "again")
    state, done = run(state, Event(Happened.RELEASED, Place.AT_TURN))
    assert done == [Action.TELL_WATCHING, Action.BEGIN_RECORD]
    assert (state.phase, state.why, state.in_loop) == (Phase.FREEZING, "again", True)


def test_a_stop_while_held_interrupts_and_is_told_as_nothing_else() -> None:
    state, _ = run(ask(State(Phase.WATCHING), Request.PAUSE), STEP, TURN)
    assert state.phase is Phase.HELD_BETWEEN
    state, done = run(ask(state, Request.STOP), Event(Happened.RELEASED))
    assert done == [Action.INTERRUPT]
    assert state == State(Phase.WATCHING, iterations=1, in_loop=True, released=True)


def test_an_exception_that_leaves_the_loop_is_an_exit() -> None:
    state, done = run(ask(State(Phase.WATCHING), Request.PAUSE), STEP, EXIT)
    assert done == [Action.FOLLOW_LOOP, Action.FORGET_LOOP, Action.HOLD_PAUSED]
    assert state.phase is Phase.HELD_OUTSIDE


def test_a_turn_before_any_step_ends_no_frozen_iteration() -> None:
    """A loop may go round without training, as one that skips a batch does."""
    state, _ = run(ask(State(Phase.WATCHING), Request.FREEZE, "x"), STEP, TURN)
    state, done = run(state, TURN, TURN)
    assert (state.phase, done) == (Phase.FREEZING, [])


def test_what_was_asked_for_once_is_done_once() -> None:
    state, _ = run(ask(State(Phase.WATCHING), Request.PAUSE), STEP, TURN)
    state, done = run(ask(state, Request.GO_ON), Event(Happened.RELEASED), STEP, TURN)
    assert done == [Action.TELL_WATCHING, Action.FORGET_LOOP]
    state, _ = run(ask(state, Request.FREEZE, "x"), STEP, TURN, STEP, TURN)
    assert not state.asked
    state, done = run(ask(state, Request.GO_ON), Event(Happened.RELEASED, Place.AT_TURN), STEP, TURN)
    assert done == [Action.TELL_WATCHING, Action.FORGET_LOOP]
    assert state.phase is Phase.WATCHING


def test_a_pause_that_is_taken_back_leaves_the_beginning_recorded() -> None:
    state = ask(State(), Request.PAUSE)
    state, actions = advance(state, Event(Happened.STEP, Place.INSIDE))
    assert (state.phase, actions) == (Phase.LEAVING, (Action.FOLLOW_RECORD,))
    state, actions = advance(ask(state, Request.GO_ON), Event(Happened.TURN, Place.AT_TURN))
    assert (state.phase, actions) == (Phase.RECORDING, (Action.FORGET_LOOP,))
