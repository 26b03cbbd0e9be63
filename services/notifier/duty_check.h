/* `sigapctl notifier rota check --days N`: asks the running site over its local socket. */
#pragma once

/* Prints which teams are a mailbox only. 0: nobody who must be there round the clock has a minute without
 * somebody; 1 with a sentence on stderr: the first such minute of each team, or no site runs here
 * (SIGAP_DATA, else ./data). Blocks 5 s at most. Changes the working directory: names of local sockets are
 * short. */
int duty_check(unsigned days);
