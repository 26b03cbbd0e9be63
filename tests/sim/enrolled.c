/* Who is simulated. A daemon is enrolled by its line here and its name in CMakeLists.txt. */
#include "services/casework/casework.h"
#include "services/console/console.h"
#include "services/intake/intake.h"
#include "services/notifier/notifier.h"
#include "services/router/router.h"
#include "services/triage/triage.h"
#include "world.h"

const struct enrolled sim_enrolled[] = {
    {&intake_daemon, {"triage", "casework", "notifier"}},
    {&triage_daemon, {"intake", "casework", "console"}},
    {&router_daemon, {"triage", "casework", "notifier", "console"}},
    {&casework_daemon, {"triage", "router", "notifier", "console"}},
    {&notifier_daemon, {"intake", "triage", "router", "casework", "console"}},
    {&console_daemon, {"intake", "triage", "router", "casework", "notifier"}},
};

const unsigned sim_enrolled_count = sizeof sim_enrolled / sizeof *sim_enrolled;
