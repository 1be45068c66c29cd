"""Places of the body's quantities in the flat arrays that its kernels share.

Kernels take few flat arrays instead of many scalars: a call then costs microseconds. SI units throughout.
"""

from typing import Final

from sim.timebase import NS_PER_MS

# constants of the patient in one manner of walking, float64
(
    C_THIGH,  # thigh length, m
    C_SHANK,  # shank length, m
    C_FORCE,  # maximum force of the dorsiflexors, N
    C_PASSIVE,  # passive torque at 10 deg, N m
    C_DAMPING,  # N m s/rad
    C_REFLEX_GAIN,  # N m s/rad
    C_REFLEX_START,  # rad/s
    C_AFO,  # orthosis, N m/rad
    C_AFO_SET,  # its set angle, rad
    C_FOOT_MASS,  # kg
    C_INERTIA,  # about the ankle, kg m^2
    C_INERTIA_HEEL,  # about the heel
    C_INERTIA_BALL,  # about the ball of the foot
    C_LOADING,  # forefoot-lowering moment after landing, N m
    C_TOE_OFF_STIFFNESS,  # N m/rad
    C_ANKLE_TOE_OFF,  # rad
    C_ANKLE_RATE,  # rad per swing
    C_ANKLE_CONTACT,  # rad
    C_HIP_CONTACT,  # closed hip height at contact, m
    C_HIP_TOE_OFF,  # and at toe-off, m
    C_HIP_MID_STANCE,  # and at mid-stance, m
    C_FEEDFORWARD,  # 1 = drive by inverse dynamics, 0 = tonic
    C_TONIC,  # residual drive
    C_LOADING_DRIVE,  # drive from landing to foot flat
    C_FATIGUE,  # factor on Ding's fatigue rates
    C_GOAL,  # clearance striven for, m
    C_GAIN,  # compensation gain
    C_LEAK,  # compensation leak
    C_KICK,  # lift after a scuff, m
    C_LIMIT,  # largest lift, m; 0 = frozen
    C_HIKE,  # share of hiking
    C_STANCE,  # toe-off, 0..1
    C_GRAVITY_X,  # gravity along the ground, backward, m/s^2
    C_GRAVITY_Y,  # and into it, m/s^2
    C_RISE,  # what the ground rises from one stance to the next, m
    C_CIRCUMDUCTION,  # share of circumduction
    C_ABDUCTED,  # hip to floor, which abduction shortens, m
    C_EVERTERS,  # maximum force of the everters, N
    C_EVERSION_REST,  # eversion of the unstimulated foot in the air, rad
    C_SUBTALAR,  # stiffness against eversion, N m/rad
    C_STANCE_PEAK,  # largest dorsiflexion in stance, rad
    C_FOOT_TOE_OFF,  # foot from flat at toe-off, rad
    C_PAUSE,  # phase at which a walker stands still
    C_KNEE_PUSH,  # knee flexion in swing lost for each rad of plantarflexion lost at toe-off
    C_WITHDRAWAL_LAG,  # from the effect of a pulse to flexor withdrawal, s
    CONSTANTS,
) = range(46)

# state of the body, float64
(
    B_PHI,  # foot from flat, rad
    B_OMEGA,  # rad/s
    B_DRIVE_SUM,  # Ding's sum of pulses S
    B_CALCIUM,  # C_N
    B_STIMULATED,  # force F of the Ding model, N of its own scale
    B_SPECIFIC,  # the same at full recruitment
    B_RECRUITED,  # recruitment of the latest pulse
    B_GAIN_A,  # A, N/s
    B_TAU1,  # s
    B_KM,
    B_REFLEX,  # reflex torque, N m
    B_DEMAND,  # compensation q, m
    B_MTC_RATIO,  # mean swing phase of the MTC
    B_SHIFT,  # lift of the ankle at toe-off by stimulation, rad
    B_GROUND,  # height of the ground under the stance, m
    B_FOOT_X,  # ankle in stance, m
    B_SLAP,  # largest plantarflexion rate since landing, rad/s
    B_HEIGHT,  # clearance at the latest step, m
    M_S1,  # swing phase and clearance one step ago ...
    M_Y1,
    M_S2,  # ... and two steps ago
    M_Y2,
    M_BEST,  # lowest local minimum so far, m
    M_BEST_S,  # its phase
    M_AT_MEAN,  # height at the mean MTC phase, m
    M_EARLY,  # lowest in early swing, m
    M_LOWEST,  # lowest in the scuff window, m
    M_TOUCH,  # phase at which the present virtual contact began, or -1
    M_LONGEST,  # longest virtual contact, s
    B_EVERSION_WORK,  # integral of the everting moment over swing, N m s
    B_STANCE_RATE,  # dorsiflexion rate at the latest step in stance, rad/s
    B_LIFT,  # how far stimulation has lifted the ankle in push-off, rad
    B_REFLEX_PEAK,  # largest reflex torque since foot flat, N m
    B_BURSTS,  # bursts of the reflex since foot flat
    B_KNEE_PEAK,  # largest knee flexion in this swing, rad
    B_BENT,  # flexion of hip and knee beyond the curves, rad
    B_BEND,  # the part of it that is flexor withdrawal, rad
    B_BEND_RATE,  # rad/s
    B_BEND_PULL,  # what it strives for, rad
    B_BEND_PEAK,  # largest in this swing, rad
    L_FIRST,  # the leg at the latest step, eight values of `leg_at`
) = range(41)
LEG_VALUES: Final = 8
B_SUPERFICIAL: Final = L_FIRST + LEG_VALUES
"""The superficial branch: eight values, in the order of `B_DRIVE_SUM` .. `B_KM`, which are the deep branch."""
BRANCH_FLOATS: Final = 8
BRANCH: Final = B_SUPERFICIAL - B_DRIVE_SUM
"""From a quantity of the deep branch (0) to that of the superficial one (1)."""
BRANCHES: Final = 2
CHANNELS: Final = 4
B_SHARES: Final = B_SUPERFICIAL + BRANCH_FLOATS
"""Latest recruited share by branch and channel."""
BODY_FLOATS: Final = B_SHARES + BRANCHES * CHANNELS
"""The array is twice as long: its second half keeps the state before a step that may have to be taken back."""

# state of the body, int64
(
    I_T,  # the body is integrated to here, ns
    I_MODE,
    I_STRIDE,  # stride whose stance or swing is under way; during loading the one whose swing has ended
    I_PULSE,  # next pulse to take effect
    I_PULSES,  # pulses known
    I_LAST_PULSE,  # effect of the latest pulse, ns
    I_RESTING,  # 1 = muscle at rest since I_REST
    I_REST,  # ns
    I_LANDED,  # instant of landing, ns
    I_HEEL_FIRST,
    I_TRACE,  # rows of the trace in use
    I_WITHDRAWAL,  # first pulse too young for flexor withdrawal
    I_IDLE,  # since when nothing has happened above the standing foot, ns, or -1
    I_ROLLED,  # stride whose roll-over has been looked at
    I_PROVOKED,  # until when it can drive the stretch reflex, ns
    I_SUPERFICIAL,  # three values of the superficial branch, in the order of I_LAST_PULSE .. I_REST
) = range(16)
INT_BRANCH: Final = I_SUPERFICIAL - I_LAST_PULSE
I_FELT: Final = I_SUPERFICIAL + 3
"""Effect of the latest pulse by branch and channel, ns."""
BODY_INTS: Final = I_FELT + BRANCHES * CHANNELS

DEEP, SUPERFICIAL = 0, 1

STANCE, SWING, LOADING = 0, 1, 2

# one row a stride, int64
S_T0, S_MOVING, S_TOE_OFF, S_WATCH, S_NEXT, S_MANNER, S_HEEL_OFF, S_INTS = range(8)
# one row a stride, float64
F_THIGH, F_KNEE, F_DRIVE, F_SENSE, F_X, F_LENGTH, F_LIFT, F_FLOATS = range(8)

# outcomes, one row a stride
O_LANDING, O_FLAT, O_CONTACT, O_INTS = range(4)
(
    R_MTC,
    R_MTC_S,
    R_NON_MTC,
    R_EARLY,
    R_ANKLE_IC,
    R_SLAP,
    R_HIKE,
    R_SCUFF,
    R_STUMBLE,
    R_ANKLE_MID,
    R_LOWEST,
    R_DEMAND,
    R_FOOT_IC,
    R_ANKLE_PEAK,
    R_STEPPAGE,
    R_CIRCUMDUCTION,
    R_EVERSION_IC,
    R_EVERSION_SWING,
    R_PUSH_OFF,
    R_REFLEX,
    R_BURSTS,
    R_WITHDRAWAL,
    R_FATIGUE,
    R_KNEE_PEAK,
    RESULTS,
) = range(25)

# a piece of ground: instant that places it, near edge (NaN until then), length (infinite: a stair), height
# rows before the obstacles, which are sorted by their edges (the same number in every row)
G_T, G_EDGE, G_LENGTH, G_HEIGHT, G_LOOSE, GROUND = range(6)

# a pulse as the leg feels it, float64
P_DEEP, P_SUPERFICIAL, P_CHANNEL, P_WITHDRAWAL, PULSE = range(5)

# a row of the trace
T_T, T_STRIDE, T_ANKLE, T_CLEARANCE, T_ACTIVATION, T_PHI, T_OMEGA, T_BEND, TRACE = range(9)

STEP_NS: Final = 2 * NS_PER_MS
"""Grid of the steps of the moving foot. Finer ones move no clearance by more than 15 um (tests hold 50)."""
STANCE_STEPS: Final = 2
"""Steps of the grid that one step in stance takes. There the muscle alone is stepped: its shortest time constant,
20 ms, has a closed form, and the activation errs by less than 5e-6 (test_muscle_force.py)."""
LOW_CALCIUM: Final = 3.0
"""In units of K_m. Where a pulse meets less, the saturation of calcium bends sharply, and steps in stance are fine."""
FINE_PARTS: Final = 2
"""Parts into which the grid is cut there, and after landing, where the load rises within 10 ms."""
DRIVE_POINTS: Final = 97
RING: Final = 64
"""Rates kept for the reflex, one every `STEP_NS`."""
