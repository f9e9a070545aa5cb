// The page that says that there is none.

import "./frame.js";
