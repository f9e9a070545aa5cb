// The page about cookies: its choice is put in place by the frame.

import "./frame.js";
