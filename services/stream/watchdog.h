/* watchdog - what systemd is told (sd_notify(3)), without its library. */
#pragma once

/* "READY=1", "WATCHDOG=1", "STOPPING=1"; nothing happens without
 * NOTIFY_SOCKET in the environment. Never waits. */
void mv_watchdog_tell(const char *state);
