"""Schedules are torch's, step by step, and refuse what makes none."""

import warnings

import pytest

from companion.schedules import SCHEDULES, constant, cosine, one_cycle, step_decay, warm_up

torch = pytest.importorskip("torch")
LR = torch.optim.lr_scheduler

PAIRS = {
    "step_decay": (step_decay(0.1, every=7, factor=0.5), lambda o: LR.StepLR(o, step_size=7, gamma=0.5), 40),
    "cosine": (cosine(0.1, steps=40, lowest=0.01), lambda o: LR.CosineAnnealingLR(o, T_max=40, eta_min=0.01), 40),
    "warm_up": (warm_up(constant(0.1), steps=10, first=0.2), lambda o: LR.LinearLR(o, start_factor=0.2, total_iters=10), 30),
    "warm_up from 1/steps": (warm_up(constant(0.1), steps=10), lambda o: LR.LinearLR(o, start_factor=0.1, total_iters=9), 30),
    "one_cycle": (one_cycle(0.1, steps=40), lambda o: LR.OneCycleLR(o, 0.1, total_steps=40), 39),
    "one_cycle, changed": (
        one_cycle(0.1, steps=33, rise=0.4, first=10, last=100),
        lambda o: LR.OneCycleLR(o, 0.1, total_steps=33, pct_start=0.4, div_factor=10, final_div_factor=100),
        32,
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_schedule_is_torch_s(name):
    schedule, make, steps = PAIRS[name]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler = make(optimizer)
    for step in range(steps + 1):
        assert schedule(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12, abs=0), step
        optimizer.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if step < steps:
                scheduler.step()


def test_after_its_end_a_schedule_stays():
    assert constant(0.1)(10**6) == 0.1
    assert cosine(0.1, steps=10)(10) == cosine(0.1, steps=10)(10**6) == 0
    assert one_cycle(0.1, steps=10)(9) == one_cycle(0.1, steps=10)(10**6) > 0
    assert warm_up(constant(0.1), steps=1)(0) == 0.1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: constant(-0.1), "rate must be"),
        (lambda: step_decay(0.1, every=0), "every must be"),
        (lambda: step_decay(0.1, every=5, factor=2), "factor must be"),
        (lambda: cosine(0.1, steps=10, lowest=0.2), "lowest must be"),
        (lambda: warm_up(0.1, steps=10), "schedule must be"),
        (lambda: one_cycle(0.1, steps=2), "rise must leave"),
        (lambda: constant(0.1)(-1), "step must be"),
        (lambda: constant(0.1)(0.5), "step must be"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_every_schedule_is_in_the_table():
    assert set(SCHEDULES) == {"constant", "step_decay", "cosine", "warm_up", "one_cycle"}
