package nn

import "os"

// long says that tests take the time they need, as .ci/nightly lets them; otherwise those
// of minutes try fewer cases.
func long() bool { return os.Getenv("MEMTEST_LONG") != "" }
