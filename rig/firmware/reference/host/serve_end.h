/* The last words of a process whose firmware crashes, hangs or leaves: its events so far, and where it stood. */
#ifndef SERVE_END_H
#define SERVE_END_H

/* From now on every way in which this process can end by itself is told first. */
void end_is_told(void);

/* The firmware has been served to its end: nothing more is to be told. */
void end_is_meant(void);

#endif
