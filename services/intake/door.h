/* The ZeroMQ door: SubmitReport in, Accepted or SubmitRefused out, by the same way as over HTTP.
 *
 * Known limit: protobuf-c ends a text at an embedded NUL, so what stands behind one is not seen here. */
#pragma once

#include "common/turn.h"

enum verdict intake_on_submit(
    struct turn *turn, const Sigap__SubmitReport *submit, Sigap__SubmitAnswer *answer);
