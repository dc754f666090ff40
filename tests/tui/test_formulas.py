"""LaTeX as one line of Unicode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.formulas import to_unicode


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\mathrm{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V", "softmax(QKᵀ/√dₖ)V"),
        (r"W = W_0 + \frac{\alpha}{r} BA", "W = W₀ + α/r BA"),
        (r"B\in\mathbb{R}^{d\times r}", "B ∈ ℝ^(d × r)"),
        (r"\theta_{t+1} = \theta_t - \eta \nabla_\theta L(\theta_t)", "θₜ₊₁ = θₜ − η ∇_θ L(θₜ)"),
        (r"\hat{y}_i", "ŷᵢ"),
        (r"-\log p_\theta(y\mid x)", "−log p_θ(y | x)"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "(a b; c d)"),
        (r"\begin{cases} x & x>0 \\ 0 & \text{otherwise}\end{cases}", "{ x, x>0; 0, otherwise"),
        (r"x^{(l)}_{t-1}", "x⁽ˡ⁾ₜ₋₁"),
        (r"\sum_{i=1}^{n} x_i^2", "Σᵢ₌₁ⁿ xᵢ²"),
        (r"d_{\text{model}}", "d_model"),
        (r"\lfloor \frac{H - 2}{2} \rfloor + 1", "⌊(H − 2)/2⌋ + 1"),
        (r"\sqrt[3]{x + 1}", "∛(x + 1)"),
        (r"T = \frac{2F}{3B}", "T = 2F/(3B)"),
        (r"\frac{a}{d_k}+\frac{1}{\sqrt{128}}", "a/dₖ+1/√128"),
        (r"c_t=f_t\odot c_{t-1}", "cₜ = fₜ ⊙ cₜ₋₁"),
        (r"10^{-5}", "10⁻⁵"),
        (r"D_{\mathrm{KL}}(\pi_\theta \| \pi_{\text{ref}})", "D_KL(π_θ ‖ π_ref)"),
        (r"\log\sigma(\beta x)", "log σ(β x)"),
        (r"\mathcal{L}_{\text{CLM}}", "ℒ_CLM"),
        (r"\text{pre-norm}", "pre-norm"),
        (r"\Delta W = 0", "ΔW = 0"),
        (r"a \cdot b \times c \le d", "a · b × c ≤ d"),
        (r"e^{z_i/T}", "e^(zᵢ/T)"),
        (r"x'", "x′"),
        (r"\binom{n}{k}", "C(n, k)"),
        (r"\argmax_i z_i", "argmaxᵢ zᵢ"),
        (r"\whatever{x}", "whateverx"),
        (r"50\%", "50%"),
        ("", ""),
    ],
)
def test_what_interviews_need(latex: str, shown: str) -> None:
    assert to_unicode(latex) == shown


@pytest.mark.parametrize(
    "broken", ["a_{i", r"\frac{1", r"\sqrt", "}", "^", r"\begin{cases} x", "\\", r"\left."]
)
def test_broken_latex_is_shown_somehow(broken: str) -> None:
    to_unicode(broken)


@given(st.text(alphabet=r"\{}_^$ab12 frac&'-+()[]", max_size=40))
def test_any_input_ends_in_one_line(latex: str) -> None:
    assert "\n" not in to_unicode(latex)
