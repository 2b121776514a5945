/** What the dialog returns when Enter was pressed before the script that fills it was there. */
export const ENTERED = "entered";
