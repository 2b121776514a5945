/** What the dialog returns when Enter was pressed before the script that fills it was loaded. */
export const ENTERED = "entered";
