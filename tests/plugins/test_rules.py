"""Rules are checked when they are loaded, divide once, and say which fact they lack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from skillhub.plugins import (
    Attendance,
    Bus,
    Chances,
    Engagement,
    Marks,
    Outcome,
    PackageInvalid,
    Parameters,
    Verdict,
    discover,
    facts,
    rules,
    toml,
)
from skillhub.plugins.errors import RuleBroken
from skillhub.plugins.labels import label
from skillhub.plugins.rules.phrases import Translations
from skillhub.plugins.rules.reading import Rounding
from skillhub.plugins.settings import Setting
from tests.plugins.facts import COMPLETION, SUBSIDY
from tests.plugins.packages import MANIFEST, write

ROW = 'from = 2025-01-01\nto = 2025-12-31\nunit = ""\nsource = "示例"\ngrade = "ours"\n'
PARAMETERS = Parameters.parse(
    f"[[least]]\nvalue = 80\n{ROW}[[fen]]\nvalue = 1000\n{ROW}[[chances]]\nvalue = 3\n{ROW}"
    f'[[home]]\nvalue = "130202"\n{ROW}[[official]]\nvalue = 5\nofficial = true\n{ROW}'
    f'[[groups]]\nvalue = ["登记失业", "家政登记"]\n{ROW}[[none]]\nvalue = []\n{ROW}'
)


def book(text, translations=None):
    return rules.read(toml.parse(text, "rules.toml"), PARAMETERS, Translations(translations or {}))


def subsidy(text, on=date(2025, 6, 1), **changes):
    return book(text).subsidy({**SUBSIDY, "on": on, **changes}, on)


def rule(body, *, hook="decide_subsidy", name="规则"):
    return f'[[rule]]\nhook = "{hook}"\nname = "{name}"\n{body}\n'


PAYS = rule('code = "pays"\n[rule.amount]\nnumerator = "p.fen"')


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("person.aeg > 16", "rule 1 “规则”, require: line 1, column 7: undeclared reference to 'person.aeg'"),
        ("person.age > '16'", r"line 1, column 12: found no matching overload .*\(int, string\)"),
        ("p.laest > 1", "undeclared reference to 'p.laest'"),
        ("p.home > 1", r"\(string, int\)"),
        ("true &&\\n person.aeg > 16", "line 2, column 8: undeclared"),
        ("person.age", "line 1, column 1: must give true or false, gives INT"),
        ("person.age >", "Syntax error"),
        ("person > 1", "undeclared reference to 'person'"),
        ("now() > on", "undeclared reference to 'now'"),
    ],
)
def test_a_slip_in_an_expression_is_refused_when_the_file_is_loaded(expression, said):
    with pytest.raises(PackageInvalid, match=said) as caught:
        book(rule(f'require = "{expression}"'))

    assert caught.value.file == "rules.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rule('requires = "true"'), "rule 1 “规则”: unknown key requires"),
        (rule('when = "true"'), "rule 1 “规则”: needs require or an amount"),
        (rule('require = "true"\nif = "true"'), "unknown key if; use one of hook, name"),
        ('[[rule]]\nhook = "decide_subsidy"\nrequire = "true"', "rule 1: needs the key name"),
        (rule("", hook="read_job_feed"), "hook must be one of decide_completion, decide_subsidy"),
        ("rule = [1]", "hook must be one of"),
        ("rule = 1", "rule must be a list"),
        ("[[rules]]", "needs the key rule"),
        (rule('code = "A B"\nrequire = "true"'), "code must be lower-case"),
        (rule('require = "true"\nneeds = ["batch"]'), "needs: batch is never absent or does not exist"),
        (rule('require = "true"\nmissing_text = "证书"'), "missing_text goes with needs"),
        (rule('require = "true"\notherwise = "failed"'), "otherwise = the outcome goes with"),
        (rule('require = "true"', hook="decide_completion"), "otherwise = the outcome goes with"),
        (
            rule('require = "true"\notherwise = "certified"', hook="decide_completion"),
            "otherwise must be one of failed, hours_short",
        ),
        (
            rule('otherwise = "failed"\n[rule.amount]\nnumerator = "1"', hook="decide_completion"),
            "amounts belong to decide_subsidy",
        ),
        (rule('[rule.amount]\ndenominator = "1"\nround = "up"'), "amount: needs the key numerator"),
        (
            rule('[rule.amount]\nnumerator = "1"\ndenominator = "3"'),
            "denominator needs round, one of down, half_up",
        ),
        (rule('[rule.amount]\nnumerator = "1"\nround = "nearest"'), "round must be one of down, half_up, up"),
        (rule('[rule.amount]\nnumerator = "1"\nlimit = "2"'), "amount: unknown key limit"),
        (rule('[rule.amount]\nnumerator = "1.5"'), "must give a whole number, gives DOUBLE"),
        (rule('require = "true"\ntext = "至少 {p.lesat}"'), r"\{p.lesat\} names no fact and no parameter"),
        (rule('require = "true"\ntext = "{p.least:percent}"'), r"write \{name\} or \{name:yuan\}"),
        (PAYS + PAYS, "two rules of decide_subsidy have the code pays"),
        (
            PAYS + '[limits]\nchances = "p.home"',
            "limits: chances must be p. and the name of a table of whole",
        ),
        (PAYS + '[limits]\nchances = "chances"', "limits: chances must be"),
        (PAYS + '[limits]\namount = "p.fen"', "limits: unknown key amount"),
        (PAYS + "[other]\na = 1", "unknown key other"),
        (rule('require = "true"') * 201, "more than 200 rules"),
    ],
)
def test_a_rule_that_says_something_wrong_is_refused_by_name(text, said):
    with pytest.raises(PackageInvalid, match=said):
        book(text)


def test_every_rule_gives_a_line_with_the_facts_that_it_read():
    decision = subsidy(
        PAYS
        + rule('code = "home"\nclause = "第1条"\nrequire = "person.district == p.home"', name="在本区登记")
    )

    assert (decision.verdict, decision.amount_fen, decision.official) == (Verdict.PAID, 1000, False)
    assert [(line.code, line.met, line.amount_fen) for line in decision.lines] == [
        ("pays", True, 1000),
        ("home", True, 0),
    ]
    assert decision.lines[1].clause == "第1条"
    assert decision.lines[1].facts == (("person.district", "130202"), ("p.home", "130202"))


def test_one_required_rule_that_does_not_hold_refuses_all():
    decision = subsidy(PAYS + rule('code = "young"\nrequire = "person.age < 30"'))

    assert (decision.verdict, decision.amount_fen) == (Verdict.REFUSED, 0)
    assert [(line.code, line.met, line.required, line.amount_fen) for line in decision.lines] == [
        ("pays", True, False, 1000),
        ("young", False, True, 0),
    ]
    assert decision.missing == ()


def test_a_rule_that_does_not_apply_refuses_nobody():
    speaks_of_orders = rule('code = "order"\nwhen = "batch.order.exists"\nrequire = "engagement.exists"')

    decision = subsidy(PAYS + speaks_of_orders)
    ordered = subsidy(PAYS + speaks_of_orders, batch=replace(SUBSIDY["batch"], order="O-1"))

    assert decision.verdict is Verdict.PAID
    assert (decision.lines[1].met, decision.lines[1].required) == (False, False)
    assert ordered.verdict is Verdict.REFUSED


def test_a_rule_asks_whether_somebody_is_in_a_list_of_the_day_and_shows_the_list():
    inside, outside = (
        subsidy(PAYS + rule(f'require = "person.groups.exists(group, group in p.{name})"'))
        for name in ("groups", "none")
    )

    assert (inside.verdict, outside.verdict) == (Verdict.PAID, Verdict.REFUSED)
    assert ("p.groups", "登记失业、家政登记") in inside.lines[1].facts
    with pytest.raises(PackageInvalid, match="found no matching overload"):
        book(rule('require = "person.groups == p.home"'))


def test_nothing_to_pay_is_no_payment():
    assert subsidy(rule('require = "true"')).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("rounding", "numerator", "fen"),
    [
        ("down", 5, 2),
        ("half_up", 5, 3),
        ("up", 5, 3),
        ("down", 4, 2),
        ("half_up", 4, 2),
        ("up", 4, 2),
        ("half_up", 1, 1),
    ],
)
def test_an_amount_is_divided_once_with_the_rounding_that_it_states(rounding, numerator, fen):
    text = rule(
        f'[rule.amount]\nnumerator = "{numerator} * chances.used"\ndenominator = "2"\nround = "{rounding}"'
    )

    assert subsidy(text, chances=Chances(used=1)).amount_fen == fen


def test_a_third_is_rounded_as_stated():
    assert [mode.divided(100, 3) for mode in Rounding] == [33, 33, 34]
    assert [mode.divided(200, 3) for mode in Rounding] == [66, 67, 67]


def test_an_amount_goes_up_to_its_cap():
    text = rule('[rule.amount]\nnumerator = "attendance.minutes_present * p.fen"\ncap = "p.fen * 2"')

    assert subsidy(text).amount_fen == 2000
    short = Attendance(minutes_planned=900, minutes_present=1, sessions_planned=5, sessions_present=1)
    assert subsidy(text, attendance=short).amount_fen == 1000


@pytest.mark.parametrize(
    "amount",
    [
        'numerator = "1"\ndenominator = "chances.used"\nround = "up"',
        'numerator = "-1"',
        'numerator = "1000000000000"',
        'numerator = "9223372036854775807 * p.fen"',
        'numerator = "10"\ncap = "-1"',
    ],
)
def test_an_amount_that_cannot_be_is_held_for_a_clerk_and_not_refused(amount):
    with pytest.raises(RuleBroken):
        subsidy(rule(f"[rule.amount]\n{amount}"))


def test_a_condition_that_cannot_be_worked_out_is_held_for_a_clerk():
    with pytest.raises(RuleBroken, match=r"rule 1 “规则”, require: .*divide by zero"):
        subsidy(rule('require = "1 / chances.used > 0"'))


def test_a_fact_that_is_needed_and_absent_is_named():
    text = PAYS + rule('needs = ["certificate"]\nrequire = "certificate.issued_on <= on"')

    decision = subsidy(text, certificate=None)

    assert (decision.verdict, decision.missing) == (Verdict.REFUSED, ("培训合格证书",))
    assert not decision.lines[1].met
    assert subsidy(text).verdict is Verdict.PAID


def test_a_rule_may_name_in_its_own_words_what_is_missing():
    text = rule('needs = ["certificate"]\nmissing_text = "路南的合格证书"\nrequire = "true"')

    assert subsidy(text, certificate=None).missing == ("路南的合格证书",)


def test_a_fact_that_a_rule_reads_without_saying_so_is_named_all_the_same():
    text = PAYS + rule('require = "certificate.issued_on <= on && certificate.trade == course.trade"')

    decision = subsidy(text, certificate=None)

    assert (decision.verdict, decision.missing) == (Verdict.REFUSED, ("培训合格证书",))
    unknown = replace(SUBSIDY["person"], birth_on=None)
    assert subsidy(rule('require = "person.age > 16"'), person=unknown).missing == ("申请日周岁",)


def test_what_an_extra_amount_would_need_is_not_missing():
    extra = rule('code = "hired"\nneeds = ["engagement"]\n[rule.amount]\nnumerator = "p.fen"')

    decision = subsidy(PAYS + extra)
    hired = subsidy(PAYS + extra, engagement=Engagement(started_on=date(2025, 5, 20), days=3))

    assert (decision.verdict, decision.amount_fen, decision.missing) == (Verdict.PAID, 1000, ())
    assert hired.amount_fen == 2000


def test_a_companion_lets_a_rule_ask_whether_a_fact_is_there():
    text = PAYS + rule('require = "!engagement.exists || engagement.days > 5"')

    assert subsidy(text).verdict is Verdict.PAID
    assert (
        subsidy(text, engagement=Engagement(started_on=date(2025, 5, 20), days=3)).verdict is Verdict.REFUSED
    )


@pytest.mark.parametrize(
    ("on", "chinese", "english"),
    [
        (date(2024, 12, 31), "：标准从 2025-01-01 开始", ": the tables begin on 2025-01-01"),
        (date(2026, 1, 1), "：标准到 2025-12-31 为止（含当日）", ": the tables ended with 2025-12-31"),
    ],
)
def test_a_day_without_a_table_is_refused_in_one_line_with_when_and_what_is_lacking(on, chinese, english):
    decision = subsidy(PAYS + rule('require = "chances.used < p.chances"'), on=on)

    assert (decision.verdict, decision.amount_fen, decision.official) == (Verdict.REFUSED, 0, False)
    (line,) = decision.lines
    assert (line.code, line.met, line.required) == ("no_table", False, True)
    assert line.text == f"这一天（{on}）没有补贴标准{chinese}"
    assert line.text_en == f"There is no subsidy table for this day ({on}){english}"
    assert line.facts == (("on", str(on)), ("p.fen", ""), ("p.chances", ""))


def test_a_gap_between_two_tables_has_no_table_and_the_earliest_end_counts():
    def said(*tables):
        text = "".join(
            f'[[{name}]]\nfrom = {first}\nto = {last}\nvalue = 1\nunit = ""\nsource = "x"\ngrade = "ours"\n'
            for name, first, last in tables
        )
        rule_text = rule('[rule.amount]\nnumerator = "p.one + p.two"')
        made = rules.read(toml.parse(rule_text, "rules.toml"), Parameters.parse(text), Translations({}))
        on = date(2025, 6, 1)
        return made.subsidy({**SUBSIDY, "on": on}, on).lines[0].text

    one = ("one", "2024-01-01", "2024-12-31")
    gap = said(one, ("one", "2026-01-01", "2026-12-31"), ("two", "2024-01-01", "2024-12-31"))
    ended = said(one, ("two", "2024-01-01", "2025-03-31"))

    assert gap == "这一天（2025-06-01）没有补贴标准"
    assert ended == "这一天（2025-06-01）没有补贴标准：标准到 2024-12-31 为止（含当日）"


def test_the_last_day_of_a_table_counts():
    assert subsidy(PAYS, on=date(2025, 12, 31)).verdict is Verdict.PAID


def test_an_answer_is_official_only_when_every_number_is():
    official = rule('code = "official"\n[rule.amount]\nnumerator = "p.official"')

    assert subsidy(official).official
    assert not subsidy(official + PAYS).official


def test_the_limit_of_chances_is_told_and_is_a_rule_like_any_other():
    text = '[limits]\nchances = "p.chances"\n' + PAYS + rule('require = "chances.used < p.chances"')

    third, fourth = (subsidy(text, chances=Chances(used=used)) for used in (2, 3))

    assert (third.verdict, third.chances_limit) == (Verdict.PAID, 3)
    assert (fourth.verdict, fourth.chances_limit) == (Verdict.REFUSED, 3)
    assert subsidy(PAYS).chances_limit is None


COMPLETES = rule(
    'code = "hours"\nrequire = "attendance.minutes_present * 100 >= attendance.minutes_planned * p.least"\n'
    'otherwise = "hours_short"',
    hook="decide_completion",
) + rule(
    'code = "theory"\nneeds = ["marks.theory"]\nrequire = "marks.theory >= 60"\notherwise = "failed"',
    hook="decide_completion",
)


def completion(on=date(2025, 6, 1), **changes):
    return book(COMPLETES).completion({**COMPLETION, "on": on, **changes}, on)


def test_the_first_rule_that_does_not_hold_says_how_training_ended_and_all_are_named():
    absent = Attendance(minutes_planned=900, minutes_present=719, sessions_planned=5, sessions_present=4)

    decision = completion(attendance=absent, marks=Marks(theory=59))

    assert decision.outcome is Outcome.HOURS_SHORT
    assert [reason.code for reason in decision.reasons] == ["hours", "theory"]
    assert completion(marks=Marks(theory=59)).outcome is Outcome.FAILED
    assert completion().outcome is Outcome.CERTIFIED


def test_nobody_passes_or_fails_without_a_table_or_a_mark():
    assert completion(on=date(2026, 1, 1)) is None
    assert completion(marks=Marks()) is None


def test_texts_carry_the_values_of_the_day_in_both_languages():
    source = "至少 {p.least}%，每次 {p.fen:yuan} 元，{person.groups}，{certificate.level}"
    english = "{p.least}% at least, {p.fen:yuan} yuan, {person.groups}, {certificate.level}"
    text = rule(f'text = "{source}"\nrequire = "true"')

    decision = book(text, {source: english}).subsidy(SUBSIDY, SUBSIDY["on"])

    assert decision.lines[0].text == "至少 80%，每次 10 元，家政登记，—"
    assert decision.lines[0].text_en == "80% at least, 10 yuan, 家政登记, —"
    assert subsidy(rule('text = "{p.official:yuan} 元"\nrequire = "true"')).lines[0].text == "0.05 元"
    assert subsidy(text).lines[0].text_en is None


def test_a_translation_names_the_same_values_as_its_source(tmp_path):
    folder = tmp_path / "translations"
    folder.mkdir()
    (folder / "en.toml").write_text('[texts]\n"至少 {p.least}" = "at least"', encoding="utf-8")
    with pytest.raises(PackageInvalid, match="names other values"):
        Translations.load(tmp_path)

    (folder / "en.toml").write_text("[texts]\n至少 = 3", encoding="utf-8")
    with pytest.raises(PackageInvalid, match="not TOML"):
        Translations.load(tmp_path)

    (folder / "en.toml").write_text('[texts]\n"至少" = 3', encoding="utf-8")
    with pytest.raises(PackageInvalid, match="must be a text"):
        Translations.load(tmp_path)


@pytest.mark.parametrize(
    ("born_on", "on", "years"),
    [
        (date(2009, 3, 24), date(2025, 3, 23), 15),
        (date(2009, 3, 24), date(2025, 3, 24), 16),
        (date(1980, 2, 29), date(2025, 2, 28), 44),
        (date(1980, 2, 29), date(2025, 3, 1), 45),
        (date(1980, 2, 29), date(2024, 2, 29), 44),
    ],
)
def test_an_age_rises_on_the_birthday(born_on, on, years):
    assert facts.full_years(born_on, on) == years


@pytest.mark.parametrize(
    ("issued_on", "last_day"),
    [
        (date(2024, 5, 14), date(2025, 5, 14)),
        (date(2024, 2, 29), date(2025, 2, 28)),
    ],
)
def test_a_window_of_months_ends_on_the_same_day_of_the_month(issued_on, last_day):
    text = PAYS + rule('require = "on <= add_months(certificate.issued_on, 12)"')
    certificate = replace(SUBSIDY["certificate"], issued_on=issued_on)

    assert subsidy(text, on=last_day, certificate=certificate).verdict is Verdict.PAID
    late = last_day.replace(month=last_day.month + 1, day=1)
    assert subsidy(text, on=late, certificate=certificate).verdict is Verdict.REFUSED


def test_a_window_beyond_the_calendar_is_held_for_a_clerk():
    with pytest.raises(RuleBroken, match="out of range"):
        subsidy(rule('require = "on <= add_months(on, 120000)"'))


def test_names_in_texts_and_comments_of_an_expression_are_not_read():
    text = rule('require = """\'p.fen\' != person.handle // p.chances\n"""')

    assert [name for name, _value in subsidy(text).lines[0].facts] == ["person.handle"]


def test_facts_are_shown_as_people_write_them():
    text = rule(
        'require = "person.groups.exists(g, g == p.home) || batch.order.exists || on > batch.starts_on"'
    )

    assert subsidy(text).lines[0].facts == (
        ("person.groups", "家政登记"),
        ("p.home", "130202"),
        ("batch.order.exists", "false"),
        ("on", "2025-06-01"),
        ("batch.starts_on", "2025-05-05"),
    )
    assert (label("batch.order.exists"), label("on", "en")) == ("培训订单", "Day whose rules apply")
    assert label("p.least") == "least"


def test_a_rule_reads_what_the_district_has_set_and_never_a_secret():
    declared = (
        Setting(key="strict", kind="bool", default=False, help="从严"),
        Setting(key="token", kind="secret", default="", help="密钥"),
    )
    text = rule('require = "!s.strict"\notherwise = "failed"', hook="decide_completion")

    made = rules.read(toml.parse(text, "rules.toml"), PARAMETERS, Translations({}), declared)

    for strict, outcome in ((False, Outcome.CERTIFIED), (True, Outcome.FAILED)):
        said = made.completion({**COMPLETION, "settings": {"strict": strict}}, COMPLETION["on"])
        assert said.outcome is outcome
    with pytest.raises(PackageInvalid, match=r"undeclared reference to 's\.token'"):
        rules.read(
            toml.parse(text.replace("!s.strict", "s.token == 't'"), "rules.toml"),
            PARAMETERS,
            Translations({}),
            declared,
        )


def test_a_setting_that_nobody_has_set_has_its_default(tmp_path):
    declared = '[settings.least]\ntype = "int"\ndefault = 5\nhelp = "最少分钟"\n'
    text = rule(
        'require = "attendance.minutes_present > s.least"\notherwise = "failed"', hook="decide_completion"
    )
    sent = write(tmp_path, "sent", rules_toml=text, plugin_toml=MANIFEST.format(name="sent") + declared)
    bus = Bus()
    assert discover.load(bus, (), (), found=[sent]).rejected == ()

    for enabled, outcome in (({"sent"}, Outcome.CERTIFIED), ({"sent": {"least": 10**6}}, Outcome.FAILED)):
        assert bus.decide("decide_completion", enabled, **COMPLETION).value.outcome is outcome
