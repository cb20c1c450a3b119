"""Says each step of a proof in Chinese and English, with the rule of counting that it rests on."""

from __future__ import annotations

import re
from datetime import date, datetime

from zhiheng.procedure.counted import days
from zhiheng.procedure.pauses import Pause
from zhiheng.reference import counting
from zhiheng.reference.calendar import Calendar
from zhiheng.reference.limits import Limit

Both = tuple[str, str]

UNITS = {
    "calendar_day": ("日", "calendar days"),
    "working_day": ("个工作日", "working days"),
    "month": ("个月", "months"),
    "year": ("年", "years"),
    "hour": ("小时", "hours"),
}
DIRECTIONS = {
    "at_most": ("以内", "within"),
    "extension": ("以内（延长）", "extended by"),
    "every": ("一次", "once every"),
    "at_least": ("以上", "at least"),
    "after": ("之后", "after"),
    "before": ("之前", "before the end of"),
    "until": ("届满为止", "for"),
}
READINGS = {
    "at_most": ("最迟于{day}完成。", "To be done by {day} at the latest."),
    "extension": ("延长后最迟于{day}完成。", "After the extension, to be done by {day} at the latest."),
    "every": ("下一次最迟于{day}完成。", "The next one is to be done by {day} at the latest."),
    "at_least": ("期间持续到{day}。", "The period lasts through {day}."),
    "until": ("到{day}为止。", "Until {day}."),
    "after": ("{day}之后方可进行。", "Allowed only after {day}."),
    "before": ("应在{day}之前完成。", "To be done before {day}."),
}
CONFIDENCES = {
    "text": ("已核对条文", "text read"),
    "secondary": ("仅见二手资料，未核对条文", "secondary source only"),
    "memory": ("凭记忆录入，未核对条文", "from memory, text not read"),
}
ANALOGY = ("行政期限参照适用", "applied by analogy")


def article(limit: Limit, language: str = "zh") -> str:
    """Return where in the instrument the limit stands, as a person reads it."""
    found = re.fullmatch(r"(ch\.|ca\.)?\s*(\d+)(\(\d+\))?", limit.article)
    if found is None:
        return limit.article
    kind, number, part = found.group(1) or "", found.group(2), found.group(3) or ""
    if language == "en":
        return {"ch.": "ch. ", "ca.": "about art. "}.get(kind, "art. ") + number + part
    noun = "章" if kind == "ch." else "条"
    return ("约" if kind == "ca." else "") + f"第{number}{noun}{part}"


def rule(limit: Limit) -> Both:
    """Say which rule applies, in which version and place."""
    unit_zh, unit_en = UNITS[limit.unit]
    direction_zh, direction_en = DIRECTIONS[limit.direction]
    known_zh, known_en = CONFIDENCES[limit.confidence]
    zh = (
        f"依据{limit.instrument_zh}{article(limit)}：{limit.zh}，自“{limit.event_zh}”起"
        f"{'每' if limit.direction == 'every' else ''}{limit.amount}{unit_zh}{direction_zh}（{known_zh}）。"
    )
    stands = " ".join(filter(None, (limit.instrument, article(limit, "en"))))
    en = (
        f"{stands}: {limit.en}, {direction_en} {limit.amount} {unit_en} from the event "
        f"'{limit.event}' ({known_en})."
    )
    return zh, en


def _cited(id: str) -> Both:
    found = counting.get(id)
    if found.source == "house rule":
        return f"{found.zh}（本系统约定，条文未核对）。", f"{found.en} (house rule; no text read)."
    zh = f"{found.zh}（{found.source}，{ANALOGY[0]}，是否适用于本规定未核对）。"
    return zh, f"{found.en} ({found.source}; {ANALOGY[1]}, not confirmed for this instrument)."


def start_day() -> Both:
    """Say that the day of the event is not counted."""
    return _cited("start_day")


def start_hour(has_hour: bool) -> Both:
    """Say from which moment hours run; a day without an hour is taken from its first moment."""
    zh, en = _cited("hours")
    if has_hour:
        return zh, en
    return "未给出时刻，按当日零时起算。" + zh, "No hour is given, so it is taken as midnight; " + en


def hours(number: int) -> Both:
    """Say how many hours are counted."""
    return f"计满{number}小时。", f"{number} hours are counted."


def count(limit: Limit, first: date, end: date, calendar: Calendar) -> Both:
    """Say how many days, working days, months or years are counted, and what was left out."""
    unit_zh, unit_en = UNITS[limit.unit]
    if limit.unit in ("month", "year"):
        zh, en = _cited("month_end")
        return f"计满{limit.amount}{unit_zh}：{zh}", f"{limit.amount} {unit_en} are counted: {en}"
    if limit.unit == "calendar_day":
        return f"计满{limit.amount}{unit_zh}。", f"{limit.amount} {unit_en} are counted."
    kinds = [calendar.status(day) for day in days(first, end)]
    off = kinds.count("weekend") + kinds.count("holiday")
    extra = kinds.count("makeup")
    notices_zh, notices_en = _notices(first, end, calendar)
    zh = f"计满{limit.amount}{unit_zh}：其间休息日{off}天不计，调休上班日{extra}天计入{notices_zh}。"
    en = (
        f"{limit.amount} {unit_en} are counted; {off} days off are left out and "
        f"{extra} make-up workdays counted{notices_en}."
    )
    return zh, en


def _notices(first: date, end: date, calendar: Calendar) -> Both:
    years = range(first.year, end.year + 1)
    numbers = "、".join(calendar.source(year) for year in years if calendar.covers(year))
    missing = [str(year) for year in years if not calendar.covers(year)]
    zh = f"({numbers})" if numbers else ""
    en = f" ({numbers})" if numbers else ""
    if missing:
        zh += f";{'、'.join(missing)}年放假通知尚未收录，只除周末"
        en += f"; no notice is held for {', '.join(missing)}, so only weekends are left out there"
    return zh, en


def pause(found: Pause) -> Both:
    """Say which days of a pause do not count."""
    zh, en = _cited("pause")
    return f"{found.first}至{found.last}中止计算：{zh}", f"Paused {found.first} to {found.last}: {en}"


def moved(reached: date, end: date, calendar: Calendar) -> Both:
    """Say why the last day moves to the next working day."""
    zh, en = _cited("last_day")
    feast, number = calendar.name(reached), calendar.notice(reached)
    if feast is not None:
        why_zh, why_en = f"{reached}为{feast}假期（{number}）", f"{reached} is a holiday ({feast}, {number})"
    else:
        why_zh, why_en = f"{reached}为周末", f"{reached} is a weekend"
    return f"{why_zh}，顺延至{end}：{zh}", f"{why_en}, so the last day moves to {end}: {en}"


def force(limit: Limit, day: date) -> Both:
    """Say that nobody read whether the rule held on the day of the event, and what is remembered."""
    if limit.in_force_from is None or limit.in_force_confidence is None:
        return (
            "施行日期未收录，当日是否施行未核实。",
            "The day on which it came into force is not held: unchecked.",
        )
    known_zh, known_en = CONFIDENCES[limit.in_force_confidence]
    early_zh, early_en = (
        "若如此，当日尚未施行，仅供参照。",
        " If so it was not in force on the day: for comparison only.",
    )
    is_early = day < limit.in_force_from
    zh = f"施行日期为{limit.in_force_from}（{known_zh}）。{early_zh if is_early else ''}"
    return zh, f"In force from {limit.in_force_from} ({known_en}).{early_en if is_early else ''}"


def unsettled(day: date) -> Both:
    """Say which notice a provisional answer still waits for."""
    zh = f"涉及{day}起的放假安排，有关通知尚未收录，结果暂定。"
    return zh, f"This leans on days from {day} on, whose holiday notice is not held: provisional."


def reading(direction: str, day: date | datetime, language: str) -> str:
    """Say in one sentence what the day means for this direction."""
    shown = day.isoformat(" ", "minutes") if isinstance(day, datetime) else day.isoformat()
    return READINGS[direction][1 if language == "en" else 0].format(day=shown)
