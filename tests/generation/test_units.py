"""Calculations with units: judged where the units of both sides agree, and left alone where one is turned into another."""

import pytest

from generation.arithmetic import statements

RIGHT = [
    "3 km + 4 km = 7 km",
    "$3\\text{ km} + 4\\text{ km} = 7\\text{ km}$",
    "$5 × 3 = $15",
    "\\$5 \\times 3 = \\$15",
    "12 apples / 4 = 3 apples",
    "60 km/h × 2 h = 120 km",
    "$2\\,\\mathrm{m} \\cdot 3\\,\\mathrm{m} = 6\\,\\mathrm{m}^2$",
    "45 minutes + 30 minutes = 75 minutes",
    "5 boxes * 6 apples/box = 30 apples",
    "€20 - €5 = €15",
    "90° - 35° = 55°",
    "$90^\\circ - 35^\\circ = 55^\\circ$",
    "$180^{\\circ} - 2 \\cdot 40^{\\circ} = 100^{\\circ}$",
    "8 hours × $15/hour = $120",
    "2 x 12 inches = 24 inches",
]
WRONG = [
    "3 km + 4 km = 8 km",
    "$3\\text{ km} + 4\\text{ km} = 8\\text{ km}$",
    "$5 × 3 = $16",
    "\\$5 \\times 3 = \\$16",
    "12 apples / 4 = 4 apples",
    "60 km/h × 2 h = 130 km",
    "$2\\,\\mathrm{m} \\cdot 3\\,\\mathrm{m} = 7\\,\\mathrm{m}^2$",
    "45 minutes + 30 minutes = 85 minutes",
    "€20 - €5 = €25",
    "90° - 35° = 65°",
    "$90^\\circ - 35^\\circ = 65^\\circ$",
    "$180^{\\circ} - 2 \\cdot 40^{\\circ} = 110^{\\circ}$",
    "15 cm × 4 = 50 cm",
    "7 days × 3 = 22 days",
    "3 apples + 4 apples = 8 apples",
    "8 hours × $15/hour = $130",
    "20 cups - 8 cups = 14 cups",
    "5 m + 6 m + 7 m = 19 m",
    "$12 \\text{ cm} + 9 \\text{ cm} = 22 \\text{ cm}$",
    "£8 + £9 = £18",
    "2 x 12 inches = 26 inches",
    "$100 - $37 = $73",
]
OPEN = [
    "3 apples + 4 pears = 7 fruits",
    "3 kg - 500 g = 2.5 kg",
    "2 hours + 30 minutes = 150 minutes",
    "1 m + 20 cm = 120 cm",
    "4 dozen = 48 eggs",
    "3 weeks * 7 days = 21 days",
    "20 miles / 4 mph = 5 hours",
    "1 m - 20 cm = 80 cm",
    "1 hour - 15 minutes = 45 minutes",
    "5 dimes + 3 nickels = 65 cents",
    "3 quarters + 2 dimes = 95 cents",
    "2 dozen + 3 = 27",
    "2 feet + 6 inches = 30 inches",
    "3 days + 12 hours = 84 hours",
    "1 km - 300 m = 700 m",
    "4 weeks - 3 days = 25 days",
    "30 min × 2 = 1 hour",
    "5 boxes × 12 = 60 eggs + 2",
    "60 mph × 30 minutes = 30 miles",
    "120 seconds / 60 = 2 minutes",
    "100 cm × 3 = 3 m",
    "2 pairs + 1 = 5 shoes",
    "3a + 4a = 8a",
    "3 x + 4 x = 8",
    "3 m + 4 = 5",
    "5 n + 3 n = 9",
    "30° + 1 = \\pi/6",
    "$5 + 50 cents = $5.50",
    "10 + 5% = 10.5",
    "3 teams of 4 = 12 players",
    "1 : 2 = 3 : 6",
    "4 + 3 km = 8",
    "10 - 2 * 3 hours = 4",
    "5 ft 6 in + 6 in = 6 ft",
    "5 cm = 50 mm",
    "$3 for 2 = 6",
    "25% + 3 = 28%",
    "A - 3 + 5 = 9 B",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_gives_results(text: str) -> None:
    results, wrong = statements(text)
    assert results and not wrong


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_found_once(text: str) -> None:
    assert len(statements(text)[1]) == 1


@pytest.mark.parametrize("text", OPEN)
def test_what_may_be_right_is_not_called_wrong(text: str) -> None:
    assert statements(text)[1] == []
