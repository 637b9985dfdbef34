export let count = 0;
export const increment = () => void count++;
