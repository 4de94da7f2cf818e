"""How many callers come in which minute: a daily wave, a slow wander and noise, so that sparklines look alive."""

import math
from array import array

from lambdatop.emulator.simulation.chance import draw, mixed
from lambdatop.emulator.simulation.profile import PlantedSurge, Traffic

_DAY_MIN = 1440


def hourly_demand(traffic: Traffic, key: int, hour: int) -> "array[int] | None":
    """The callers of each of the 60 minutes of an epoch hour; None for an hour without any."""
    if traffic.per_minute:
        return _steady(traffic, key, hour)
    minutes = traffic.at_minutes or _rare(traffic, key, hour // 24)
    first = hour % 24 * 60
    ours = [minute - first for minute in minutes if first <= minute < first + 60]
    if not ours:
        return None
    counts = array("L", bytes(8 * 60))
    for minute in ours:
        counts[minute] += 1
    return counts


def _rare(traffic: Traffic, key: int, day: int) -> tuple[int, ...]:
    """The minutes of the day in which a rare function is called; several calls may share a minute."""
    whole, part = divmod(traffic.per_day, 1)
    calls = int(whole) + (mixed(key, day) & 0xFFFF < part * 65536)
    return tuple(mixed(key ^ 0x5EED, day * 4096 + call) % _DAY_MIN for call in range(calls))


def _steady(traffic: Traffic, key: int, hour: int) -> "array[int]":
    """The sum of a wave, a wander and noise, rounded at random so that the mean is exact even below one a minute."""
    phase = (key & 0xFF) / 256
    day_wave = math.sin(2 * math.pi * (hour % 24 / 24 - 0.3 + phase * 0.1))
    level = traffic.per_minute * (1 + traffic.swing * day_wave)
    slow, quick = 2 * math.pi / (41 + phase * 23), 2 * math.pi / (13 + phase * 5)
    counts = array("L", bytes(8 * 60))
    for index in range(60):
        minute = hour * 60 + index
        chance = draw(key, minute)
        wander = 1 + 0.06 * math.sin(slow * minute) + 0.04 * math.sin(quick * minute)
        wanted = level * wander * (1 + traffic.noise * (2 * chance.noise - 1))
        if traffic.surges:
            wanted *= _surge(traffic.surges, minute * 60)
        counts[index] = int(wanted + chance.rounding)
    return counts


def _surge(surges: tuple[PlantedSurge, ...], at: float) -> float:
    """The product of the surges in force."""
    factor = 1.0
    for surge in surges:
        if surge.since <= at < surge.until:
            reached = min(1.0, (at - surge.since + 60) / surge.ramp_s)
            factor *= 1 + (surge.factor - 1) * reached
    return factor
