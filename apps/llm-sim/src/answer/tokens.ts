/** About as many tokens as a model would count: one for every four characters. */
export const tokensIn = (text: string): number => Math.ceil(text.length / 4);
