/* What the bench programs measure of themselves. */
#pragma once

/* Processor time of this process so far, in us. */
double cpu_us(void);
/* Memory of this process, in MiB. */
double resident_mib(void);
