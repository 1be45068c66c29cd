"""The equations of the patient, typeset: as text for the page, as formulas for print."""

from typing import Any, Final

from reports.sections.blocks import Block, section, text

_EQUATIONS: Final = (
    (
        "Threshold and recruitment of a nerve branch (Weiss 1901; logistic curve, design choice)",
        (
            "I_th(w) = I_rh · (1 + t_chr / w),   x = I / I_th,   "
            "R(x) = R_max · [s((x − x₅₀)/b) − s((1 − x₅₀)/b)] / [1 − s((1 − x₅₀)/b)],   s(z) = 1 / (1 + e^−z)"
        ),
        (
            'I_"th" (w) = I_"rh" (1 + t_"chr" / w), quad x = I / I_"th", quad '
            'R(x) = R_"max" (s((x - x_50)/b) - s((1 - x_50)/b)) / (1 - s((1 - x_50)/b)), quad s(z) = 1 / (1 + e^(-z))'
        ),
    ),
    (
        "Calcium and force of the stimulated muscle (Ding 2003; recruitment ρ scales the gain A)",
        (
            "C_N′ = (S − C_N) / τ_c,   S = Σ G_i · e^(−(t − t_i)/τ_c),   "
            "G_1 = 1,   G_i = 1 + (K_m + 0.04) · exp(−(t_i − t_(i−1))/τ_c)\n"
            "F′ = A · ρ · x − F / (τ_1 + τ_2 · x),   x = C_N / (K_m + C_N)"
        ),
        (
            "C'_N = (S - C_N) / tau_c, quad S = sum_i G_i e^(-(t - t_i)\\/tau_c), quad "
            "G_1 = 1, quad G_i = 1 + (K_m + 0.04) e^(-(t_i - t_(i-1))\\/tau_c) \\ "
            "F' = A rho x - F / (tau_1 + tau_2 x), quad x = C_N / (K_m + C_N)"
        ),
    ),
    (
        "Fatigue and recovery (Ding 2003; factor k by class; F_s: force of the recruited fibres)",
        "A′ = (A_rest − A) / τ_fat + α_A · k · F_s,   and likewise τ_1 and K_m",
        'A\' = (A_"rest" - A) / tau_"fat" + alpha_A k F_s, quad "and likewise" tau_1 "and" K_m',
    ),
    (
        "Torque of the dorsiflexors (Hill; geometry of gait2392)",
        (
            "a = min(1, F / 311 N + a_res),   T = F_0 · a · exp(−((l − 1)/0.45)²) · f_v · cos α · r(θ)\n"
            "f_v = (1 + v) / (1 − 4 v) shortening,   1 + 0.4 v / (v + 0.08) lengthening;   "
            "r = 0.0420 + 1.8·10⁻⁴ θ − 2.3·10⁻⁶ θ²  (m, θ in degrees)"
        ),
        (
            'a = min(1, F / (311 "N") + a_"res"), quad T = F_0 a exp(-((l - 1)/0.45)^2) f_v cos(alpha) r(theta) \\ '
            'f_v = (1 + v) / (1 - 4 v) "shortening," quad 1 + (0.4 v) / (v + 0.08) "lengthening," quad '
            "r = 0.0420 + 1.8 dot 10^(-4) theta - 2.3 dot 10^(-6) theta^2"
        ),
    ),
    (
        "Passive ankle (Chung 2004; knee factor Riener & Edrich 1999; stop at −28° design choice), degrees, N·m",
        "T_p = −T_10 · exp(0.0565 (θ − 10)) · exp(−0.0176 (φ_k − 30)) + exp(−0.195 (θ + 28)) + 1.8",
        "T_p = -T_10 exp(0.0565 (theta - 10)) exp(-0.0176 (phi_k - 30)) + exp(-0.195 (theta + 28)) + 1.8",
    ),
    (
        "Stretch reflex of the calf (design choice around Galiana 2005)",
        "T_r′ = (G · max(0, θ′(t − 40 ms) − v_th) − T_r) / 30 ms",
        'T\'_r = (G max(0, theta\' (t - 40 "ms") - v_"th") - T_r) / (30 "ms")',
    ),
    (
        "The foot in swing: φ from flat, shank σ and path of the ankle (x_a, y_a) prescribed, θ = φ − σ",
        "I · φ″ = T + T_p − T_r − B · θ′ − K_afo (θ − θ_0) − m [x_c (g + y_a″) − y_c · x_a″]",
        "I phi.alt'' = T + T_p - T_r - B theta' - K_\"afo\" (theta - theta_0) - m [x_c (g + y''_a) - y_c x''_a]",
    ),
    (
        "Compensation from stride to stride (fitted to Cruz & Dhaher 2009)",
        "q ← clip(q + η · ((goal − felt clearance) − λ · q) + kick after a scuff, 0, limit)",
        'q <- "clip"(q + eta (("goal" - "felt clearance") - lambda q) + "kick after a scuff", 0, "limit")',
    ),
)


def build() -> dict[str, Any]:
    """The equations with their sources."""
    intro = text(
        "Hip, knee and shank follow prescribed curves of a measured adult, scaled by speed and class, with "
        "stride-to-stride offsets; the hip's height is closed on the floor. The foot is free in swing. Between pulses "
        "S and C_N have a closed form; force and foot are integrated by Runge-Kutta of order four in steps of 2 ms "
        "that end on pulses and gait events.",
    )
    return section("Equations", intro, *(_equation(title, words, formula) for title, words, formula in _EQUATIONS))


def _equation(title: str, words: str, formula: str) -> Block:
    return {"kind": "equation", "title": title, "text": words, "formula": formula}
